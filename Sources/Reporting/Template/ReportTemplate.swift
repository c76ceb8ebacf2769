public import FHIR
import JSON

/// The codes and words of one kind of finding: data, kept in the folder of the model that finds it.
public struct ReportTemplate: Sendable, Hashable {
    /// Code of the report where the order names none in LOINC.
    public let reportCode: Coding
    public let categories: [Coding]
    /// What was looked for.
    public let finding: Coding
    public let bodySite: Coding
    public let present: Coding
    public let absent: Coding
    public let indeterminate: Coding
    /// What is said of a positive, a negative and an undecided image.
    public let positiveWords: String
    public let negativeWords: String
    public let indeterminateWords: String

    private static let keys = [
        "reportCode", "categories", "finding", "bodySite", "present", "absent", "indeterminate", "positiveWords",
        "negativeWords", "indeterminateWords",
    ]

    /// Reads a template.
    ///
    /// - Throws: `templateInvalid` for JSON that cannot be read, an unknown or missing entry, a code without system,
    ///   code or display, words that call an image normal (a model that looks for one finding cannot know),
    ///   and for answers that cannot be told apart: two of the three with one code, one display or the same words.
    public init(parsing bytes: [UInt8]) throws(ReportingError) {
        guard let value = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 64 << 10, depth: 8)),
            let object = value.object
        else { throw ReportingError(.templateInvalid, "json") }
        if let unknown = object.keys.first(where: { !Self.keys.contains($0) }) {
            throw ReportingError(.templateInvalid, Self.printable(unknown))
        }
        reportCode = try Self.coding(object, "reportCode")
        categories = try Self.codings(object, "categories")
        finding = try Self.coding(object, "finding")
        bodySite = try Self.coding(object, "bodySite")
        present = try Self.coding(object, "present")
        absent = try Self.coding(object, "absent")
        indeterminate = try Self.coding(object, "indeterminate")
        positiveWords = try Self.words(object, "positiveWords")
        negativeWords = try Self.words(object, "negativeWords")
        indeterminateWords = try Self.words(object, "indeterminateWords")
        try Self.distinct([
            ("present", Self.marks(present)), ("absent", Self.marks(absent)),
            ("indeterminate", Self.marks(indeterminate)),
        ])
        try Self.distinct([
            ("positiveWords", [Self.letters(positiveWords)]), ("negativeWords", [Self.letters(negativeWords)]),
            ("indeterminateWords", [Self.letters(indeterminateWords)]),
        ])
    }

    /// Refuses the first answer that has something of one before it.
    private static func distinct(_ answers: [(String, [String])]) throws(ReportingError) {
        var known: Set<String> = []
        for (key, marks) in answers {
            guard known.isDisjoint(with: marks) else { throw ReportingError(.templateInvalid, key) }
            known.formUnion(marks)
        }
    }

    private static func marks(_ coding: Coding) -> [String] {
        ["\(coding.system ?? "")|\(coding.code ?? "")", letters(coding.display ?? "")]
    }

    /// What tells words apart: neither case nor spaces.
    private static func letters(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }

    /// The name of an unknown entry comes from the file, and errors stand in logs and on terminals.
    private static func printable(_ name: String) -> String {
        String(name.unicodeScalars.prefix(40).map { ("!"..."~").contains($0) ? Character($0) : "?" })
    }

    private static func codings(_ object: JSONObject, _ key: String) throws(ReportingError) -> [Coding] {
        guard let elements = object[key]?.array, !elements.isEmpty else { throw ReportingError(.templateInvalid, key) }
        var codings: [Coding] = []
        for element in elements { codings.append(try coding(element, key)) }
        return codings
    }

    private static func coding(_ object: JSONObject, _ key: String) throws(ReportingError) -> Coding {
        guard let element = object[key] else { throw ReportingError(.templateInvalid, key) }
        return try coding(element, key)
    }

    private static func coding(_ json: JSONValue, _ key: String) throws(ReportingError) -> Coding {
        guard let object = json.object, Set(object.keys) == ["system", "code", "display"],
            let coding = Coding(json: json), coding.system?.isEmpty == false, coding.code?.isEmpty == false,
            coding.display?.isEmpty == false
        else { throw ReportingError(.templateInvalid, key) }
        return coding
    }

    private static func words(_ object: JSONObject, _ key: String) throws(ReportingError) -> String {
        guard let words = object[key]?.string, !words.isEmpty, !words.lowercased().contains("normal") else {
            throw ReportingError(.templateInvalid, key)
        }
        return words
    }
}
