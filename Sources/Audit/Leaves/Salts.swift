import JSON
import Sealing

/// The random bytes of one leaf's commitments.
struct Salts: Sendable, Equatable {
    let body: [UInt8]
    let subjects: [[UInt8]]

    /// First those of the body, then those of each subject.
    init(joined bytes: [UInt8]) {
        let length = Commitment.saltLength
        body = Array(bytes.prefix(length))
        subjects = stride(from: length, to: bytes.count, by: length).map { Array(bytes[$0..<($0 + length)]) }
    }

    init?(json: JSONValue) {
        guard let body = json["body"]?.string.flatMap(Base64URL.decode), body.count == Commitment.saltLength,
            let texts = json["subjects"]?.array
        else { return nil }
        let subjects = texts.compactMap { $0.string.flatMap(Base64URL.decode) }
        guard subjects.count == texts.count, subjects.allSatisfy({ $0.count == Commitment.saltLength }) else {
            return nil
        }
        self.body = body
        self.subjects = subjects
    }

    func write(to text: inout CanonicalText) {
        text.object { text in
            text.member("body", Base64URL.encode(body))
            text.member("subjects", subjects.map(Base64URL.encode))
        }
    }
}
