import ArgumentParser
import DICOM
import DecodeWorker
import Foundation
import JSON

/// The child process that decodes images; the program starts it itself (`docs/integrate/transfer-syntaxes.md`).
struct DecodeWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode-worker",
        abstract: "Decodes images for another process of this program, which starts it; of no use by hand.",
        shouldDisplay: false, subcommands: [Decode.self, Words.self, Frames.self])

    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: WorkerRole.decode.rawValue, abstract: "Answers decoded frames on the socket that is its input."
        )

        func run() { Foundation.exit(WorkerProcess(role: .decode).run()) }
    }

    struct Words: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: WorkerRole.words.rawValue, abstract: "Answers words in frames on the socket that is its input."
        )

        func run() { Foundation.exit(WorkerProcess(role: .words).run()) }
    }

    struct Frames: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "frames",
            abstract: "Writes the decoded frames of a file, to compare them with other decoders.",
            discussion: """
                One JSON object for each frame and line. The pixels of frame N go to <folder>/N.raw: stored values \
                (masked to Bits Stored, sign extended), little endian, in the width of Bits Allocated, single bits as \
                one byte each, colour by pixel.
                """)

        @Argument(help: "A DICOM file.", completion: .file())
        var file: String

        @Option(name: .long, help: ArgumentHelp("An existing folder for the pixels.", valueName: "folder"))
        var out: String?

        func run() throws {
            try withGatewayErrors {
                umask(0o077)
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw CommandFailure("file.unreadable", "the file cannot be read", exit: ExitCodes.found)
                }
                do {
                    let instance = try Instance(parsing: Array(data))
                    let decoder = try WorkerFrameDecoder()
                    for index in 0..<instance.numberOfFrames {
                        try show(try decoder.decode(try instance.encodedFrame(index)), index: index)
                    }
                } catch let error as DICOMError {
                    let tag = error.tag.map { " at \($0.hex)" } ?? ""
                    throw CommandFailure(
                        "dicom.\(error.code.rawValue)", "the file is refused\(tag)", exit: ExitCodes.found)
                }
            }
        }

        private func show(_ frame: Frame, index: Int) throws {
            let line: JSONObject = [
                "frame": .number(JSONNumber(index)), "rows": .number(JSONNumber(frame.rows)),
                "columns": .number(JSONNumber(frame.columns)),
                "samplesPerPixel": .number(JSONNumber(frame.samplesPerPixel)),
                "bitsAllocated": .number(JSONNumber(frame.bitsAllocated)), "isSigned": .bool(frame.isSigned),
                "photometricInterpretation": .string(frame.photometricInterpretation),
            ]
            print(String(decoding: JSONValue.object(line).serialized(), as: UTF8.self))
            guard let out else { return }
            let width = frame.bytesPerSample
            var bytes: [UInt8] = []
            bytes.reserveCapacity(frame.pixels.count)
            for sample in 0..<(frame.pixels.count / width) {
                let value = frame.storedValue(at: sample)
                for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
            }
            try Data(bytes).write(to: URL(fileURLWithPath: "\(out)/\(index).raw"), options: .withoutOverwriting)
        }
    }
}

extension WorkerFrameDecoder {
    /// For a command.
    static func ofThisProgram() throws -> WorkerFrameDecoder {
        do {
            return try WorkerFrameDecoder()
        } catch {
            throw CommandFailure(
                "dicom.\(error.code.rawValue)", "DCMTK's data dictionary is missing; install the package libdcmtk17",
                exit: ExitCodes.unusable)
        }
    }
}
