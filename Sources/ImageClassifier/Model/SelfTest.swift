internal import DICOM
internal import JSON

/// `selftest.json`: what a model must say of images that a formula draws, bit by bit, on every machine.
///
/// The images go through preprocessing and networks; neither gate looks at them. The formula is in
/// `docs/integrate/models.md`, so that whoever writes a model folder can compute the same.
struct SelfTest: Sendable {
    /// The one version of the file that is read.
    static let format = "imaging-gateway/selftest/1"

    /// One drawn image, and the bits of the logit (IEEE 754 binary64, 16 hexadecimal digits).
    struct Case: Sendable, Equatable {
        let rows: Int
        let columns: Int
        let seed: Int
        let maximum: Int
        let logit: UInt64?
    }

    let cases: [Case]

    /// Throws `selfTestFailed` for a file that is not of its form.
    init(parsing bytes: [UInt8]) throws(ClassifierError) {
        guard let json = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 20, depth: 8)),
            json["format"]?.string == Self.format, let images = json["images"]?.array, (1...64).contains(images.count)
        else { throw ClassifierError(.selfTestFailed, "selftest.json") }
        cases = try images.map { image throws(ClassifierError) in
            guard let rows = image["rows"]?.int, let columns = image["columns"]?.int, let seed = image["seed"]?.int,
                let maximum = image["maximum"]?.int, (96...2048).contains(rows), (96...2048).contains(columns),
                (0...1_000_000).contains(seed), [255, 1023, 4095, 16383, 65535].contains(maximum),
                let digits = image["logit"]?.string, digits.utf8.count == 16, let bits = UInt64(digits, radix: 16)
            else { throw ClassifierError(.selfTestFailed, "selftest.json") }
            return Case(rows: rows, columns: columns, seed: seed, maximum: maximum, logit: bits)
        }
    }

    /// Images to begin with, without results.
    static let drawn: [Case] = [
        Case(rows: 512, columns: 512, seed: 1, maximum: 255, logit: nil),
        Case(rows: 700, columns: 500, seed: 2, maximum: 4095, logit: nil),
        Case(rows: 480, columns: 640, seed: 5, maximum: 65535, logit: nil),
    ]

    /// The file that says what a model gives now.
    static func file(of cases: [Case], for model: ModelBundle) throws(ClassifierError) -> [UInt8] {
        var images: [JSONValue] = []
        for item in cases {
            images.append([
                "rows": .number(JSONNumber(item.rows)), "columns": .number(JSONNumber(item.columns)),
                "seed": .number(JSONNumber(item.seed)), "maximum": .number(JSONNumber(item.maximum)),
                "logit": .string(digits(try model.logit(of: item).bitPattern)),
            ])
        }
        let file: JSONValue = ["format": .string(format), "images": .array(images)]
        return file.serialized(.pretty) + [0x0A]
    }

    static func digits(_ bits: UInt64) -> String {
        let text = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// Two dark fields on a bright ground with a little noise, from integers only.
    static func pixels(_ item: Case) -> [UInt16] {
        let (rows, columns, seed) = (item.rows, item.columns, item.seed)
        let centres = [columns * (28 + seed % 5) / 100, columns * (72 - seed % 3) / 100]
        var pixels: [UInt16] = []
        pixels.reserveCapacity(rows * columns)
        for y in 0..<rows {
            let down = max(1000 - abs(y - rows * (45 + seed % 7) / 100) * 1000 * 5 / (2 * rows), 0)
            for x in 0..<columns {
                var tent = 0
                for centre in centres { tent = max(tent, min(max(1000 - abs(x - centre) * 5000 / columns, 0), down)) }
                let noise = ((x * 73 + y * 151 + seed * 997) * (x + 3 * y + 11)) % 101
                let value = min(max(850 - tent * (5 + seed % 3) / 10 + noise - 50, 0), 1000)
                pixels.append(UInt16(value * item.maximum / 1000))
            }
        }
        return pixels
    }
}

extension ModelBundle {
    /// The logit of a drawn image, without the gates. Throws `selfTestFailed` where preprocessing refuses it.
    func logit(of item: SelfTest.Case) throws(ClassifierError) -> Double {
        let bytes = SelfTest.pixels(item).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let bits = 16 - UInt16(item.maximum).leadingZeroBitCount
        var header = ImageHeader()
        header.photometricInterpretation = "MONOCHROME2"
        guard
            let frame = Frame(
                rows: item.rows, columns: item.columns, bitsAllocated: 16, bitsStored: bits, highBit: bits - 1,
                isSigned: false, photometricInterpretation: "MONOCHROME2", pixels: bytes)
        else { throw ClassifierError(.selfTestFailed, "image") }
        do throws(Rejection) {
            let prepared = try Preprocessing.prepare(
                frame, header: header, side: architecture.side, framings: framings)
            guard let score = ensemble.score(prepared.input, framings: prepared.framings) else {
                throw Rejection(code: .imageUnusable)
            }
            return score.logit
        } catch {
            throw ClassifierError(.selfTestFailed, error.code.rawValue)
        }
    }

    /// Whether the model gives what its self-test says, bit by bit. Throws `selfTestFailed` with the image's number.
    func run(_ test: SelfTest) throws(ClassifierError) {
        for (index, item) in test.cases.enumerated() where try logit(of: item).bitPattern != item.logit {
            throw ClassifierError(.selfTestFailed, "images[\(index)]")
        }
    }
}
