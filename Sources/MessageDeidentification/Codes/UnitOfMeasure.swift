/// Units of UCUM (§2, §4) and of ISO+, as observations have them: known atoms with a prefix and an exponent, joined by
/// `.` and `/`, with powers of ten and one plain number. Annotations (`{…}`) are free text, so a unit with one is none, and
/// so is a row of numbers.
enum UnitOfMeasure {
    /// Whether every part is known.
    static func isKnown(_ text: String) -> Bool {
        // `10*` and `10^` say nothing by themselves.
        let digits = text.replacing(/10[*^]/, with: "").count(where: \.isNumber)
        guard text.utf8.count <= 20, digits <= 5 else { return false }
        let parts = text.split { $0 == "." || $0 == "/" }
        guard parts.count(where: { $0.allSatisfy(\.isNumber) }) <= 1 else { return false }
        let terms = text.split(separator: "/", omittingEmptySubsequences: false)
        return terms.enumerated().allSatisfy { index, term in
            // `/min` begins with nothing.
            (term.isEmpty && index == 0 && terms.count > 1)
                || term.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isComponent)
        }
    }

    private static func isComponent(_ text: Substring) -> Bool {
        if text.wholeMatch(of: /10[*^]-?[0-9]{1,2}|[1-9][0-9]{0,2}/) != nil { return true }
        guard let match = text.wholeMatch(of: /(.*?[^0-9+-])(?:[+-]?[1-9])?/) else { return false }
        let atom = String(match.1)
        if atoms.contains(atom) || metric.contains(atom) { return true }
        return prefixes.contains { atom.hasPrefix($0) && metric.contains(String(atom.dropFirst($0.count))) }
    }

    private static let prefixes = "Y Z E P T G M k h da d c m u n p f a z y".split(separator: " ").map(String.init)

    private static let metric = words(
        """
        m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv L l ar t bar u eV Ci R RAD REM cal \
        kat U eq osm B Np By Bd bit dyn erg P St G Oe [IU] [iU] m[Hg] m[H2O]
        """)

    private static let atoms = words(
        """
        % min h d wk mo mo_s mo_j mo_g a a_t a_j a_g deg gon ' '' mm(hg) cm(h2o) cel kcal ph sb Lmb \
        [pi] [ppth] [ppm] [ppb] [pptr] [pH] [degF] [in_i] [ft_i] [mi_i] [lb_av] [oz_av] [psi] [drp] [diop] [Ch] [hp'_X] \
        [gal_us] [pt_us] [cup_us] [tbs_us] [tsp_us] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U] [beth'U] [anti'Xa'U] [CFU] \
        [CCID_50] [TCID_50] [PFU] [FFU] [HPF] [LPF] [NP'U] [EU] [Btu] [Cal]
        """)

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
