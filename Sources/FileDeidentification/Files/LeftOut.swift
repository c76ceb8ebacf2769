internal import DICOM
internal import Deidentification
internal import MessageDeidentification
internal import SecondOpinion

/// Why nothing came of one file: a stable code of `docs/operate/errors.md`, and never what stands in the file.
struct LeftOut: Error, Hashable {
    let code: String

    init(_ code: String) { self.code = code }

    /// The run was told to end.
    static let interrupted = LeftOut("command.interrupted")

    init(_ error: DICOMError) { code = error.code == .unreadable ? "file.unreadable" : "dicom.\(error.code.rawValue)" }

    init(_ error: DeidentificationError) { code = "deidentification.\(error.code.rawValue)" }

    init(_ error: MessageDeidentificationError) { code = "message.\(error.code.rawValue)" }

    init(_ error: SecondOpinionError) { code = "secondOpinion.\(error.code.rawValue)" }

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
