internal import DICOM
internal import Deidentification
internal import HL7v2
internal import MessageDeidentification
internal import SecondOpinion

/// Why nothing came of one file: a stable code of `docs/operate/errors.md` and where, and never what stands in the file.
struct LeftOut: Error, Hashable {
    let code: String
    /// An element as `(gggg,eeee)`, or as the reader of its kind says it: `OBR-16`, `Patient.name[0]`.
    let place: String?

    init(_ code: String, at place: String? = nil) { (self.code, self.place) = (code, place) }

    /// The run was told to end.
    static let interrupted = LeftOut("command.interrupted")

    init(_ error: DICOMError) {
        let code = error.code == .unreadable ? "file.unreadable" : "dicom.\(error.code.rawValue)"
        self.init(code, at: error.tag?.description)
    }

    init(_ error: DeidentificationError) {
        self.init("deidentification.\(error.code.rawValue)", at: error.tag?.description)
    }

    init(_ error: MessageDeidentificationError) {
        let places = [error.hl7.map { "hl7.\($0.rawValue)" }, error.place].compactMap(\.self)
        self.init("message.\(error.code.rawValue)", at: places.isEmpty ? nil : places.joined(separator: " "))
    }

    init(_ error: SecondOpinionError) { self.init("secondOpinion.\(error.code.rawValue)") }

    /// What the second opinion found first: of what kind, and in which element.
    init(_ hit: SearchResult.Hit?) {
        self.init("deidentification.identifierRemains", at: hit.map { "\($0.path) \($0.kind.rawValue)" })
    }

    /// What `body` answers; its error as a code.
    static func dicom<T>(_ body: () throws(DICOMError) -> T) throws(LeftOut) -> T {
        do { return try body() } catch { throw LeftOut(error) }
    }

    /// What `body` answers; its error as a code.
    static func rules<T>(_ body: () throws(DeidentificationError) -> T) throws(LeftOut) -> T {
        do { return try body() } catch { throw LeftOut(error) }
    }

    /// What `body` answers; its error as a code.
    static func opinion<T>(_ body: () throws(SecondOpinionError) -> T) throws(LeftOut) -> T {
        do { return try body() } catch { throw LeftOut(error) }
    }
}
