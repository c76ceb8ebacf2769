internal import DICOM

/// Preprocessing version 1: from decoded pixels and header to the network's input, the same arithmetic as
/// `Training/preprocess.py`. `docs/integrate/preprocessing.md` is its contract; a change needs a new version.
enum Preprocessing {
    /// Stands in each model and each result.
    static let version = "1"
    /// Fewer pixels a side than this would be blown up, not reduced.
    static let leastSide = 96
    /// Longest side of the picture that goes with a finding.
    static let renderingLimit = 1024

    /// A prepared image: input of the network and picture for the reader.
    struct Prepared: Sendable, Equatable {
        let input: [Float]
        let picture: GrayImage
    }

    /// Prepares a frame, or says why it cannot.
    static func prepare(_ frame: Frame, header: ImageHeader) throws(Rejection) -> Prepared {
        guard let codes = StoredValues(frame) else { throw Rejection(code: .pixelFormatNotSupported) }
        guard min(codes.rows, codes.columns) >= leastSide else { throw Rejection(code: .imageUnusable) }
        let table = PresentationTable(codes, header: header)
        let size = ResidualNetwork.inputSize
        guard let input = Standardise.apply(table.resized(rows: size, columns: size)),
            let picture = table.rendering(limit: renderingLimit)
        else { throw Rejection(code: .imageUnusable) }
        return Prepared(input: input, picture: picture)
    }
}

/// An image that must not be scored.
struct Rejection: Error, Equatable {
    let code: RefusalCode
}
