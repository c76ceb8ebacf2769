/// The codes that a standard defines itself, by system: `Rules/codes.tsv` of FHIR R4, `Rules/tables.tsv` of HL7 v2.
struct StandardCodes: Sendable {
    private var bySystem: [String: Set<String>] = [:]
    private var everywhere: Set<String> = []

    /// - Parameters:
    ///   - table: lines of system and codes.
    ///   - prefix: what stands before the system in messages, as `HL7` before a table's number.
    /// - Throws: `rulesInvalid` where a line is not understood.
    init(table: String, prefix: String = "") throws(MessageDeidentificationError) {
        try add(table: table, prefix: prefix)
        everywhere = bySystem.values.reduce(into: []) { $0.formUnion($1) }
    }

    /// Learns another standard's codes by their systems, and only by these.
    mutating func add(table: String, prefix: String) throws(MessageDeidentificationError) {
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\t")
            guard columns.count == 2 else { throw MessageDeidentificationError(.rulesInvalid, at: "codes.tsv") }
            bySystem[prefix + columns[0], default: []].formUnion(columns[1].split(separator: " ").map(String.init))
        }
    }

    /// Whether the system is the standard's own.
    func has(system: String) -> Bool { bySystem[system] != nil }

    /// Whether the system has the code.
    func has(_ code: String, of system: String) -> Bool { bySystem[system]?.contains(code) ?? false }

    /// Whether any system has the code.
    func has(_ code: String) -> Bool { everywhere.contains(code) }
}
