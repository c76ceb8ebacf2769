internal import DICOM

/// Preprocessing version 2: from decoded pixels and header to the network's input, the same arithmetic as
/// `Training/preprocess.py`. `docs/integrate/preprocessing.md` is its contract; a change needs a new version.
enum Preprocessing {
    /// Stands in each model and each result.
    static let version = "2"
    /// Fewer pixels a side than this, of the image or of what shutter and padding leave of it, would be blown up, not
    /// reduced.
    static let leastSide = 96
    /// Longest side of the picture that goes with a finding.
    static let renderingLimit = 1024

    /// A prepared image: inputs of the network and picture for the reader.
    struct Prepared: Sendable, Equatable {
        /// The exposed field.
        let input: [Float]
        /// The other framings that were asked for, in their order.
        let framings: [[Float]]
        /// The whole image as it is stored, in presentation brightness.
        let picture: GrayImage
        /// Where the input lies in the image.
        let placement: Placement
    }

    /// Prepares a frame for a network that takes `side` × `side` numbers, or says why it cannot.
    ///
    /// Throws `viewNotFrontal` where PatientOrientation names a lateral view, `pixelFormatNotSupported`, and
    /// `imageUnusable` for an image that is too small or without contrast.
    static func prepare(
        _ frame: Frame, header: ImageHeader, side: Int, framings: [Framing] = []
    ) throws(Rejection) -> Prepared {
        guard header.patientOrientation != .lateral else { throw Rejection(code: .viewNotFrontal) }
        guard let stored = StoredValues(frame) else { throw Rejection(code: .pixelFormatNotSupported) }
        let presented = try PresentedImage(stored, header: header)
        let views = [presented.field] + framings.map { $0.window(of: presented.field) }
        let pictures = presented.reduced(views, side: side, renderingLimit: renderingLimit)
        let inputs = pictures.inputs.compactMap(Standardise.apply)
        guard inputs.count == views.count, let picture = pictures.rendering else {
            throw Rejection(code: .imageUnusable)
        }
        let placed = zip(framings, inputs.dropFirst()).map { framing, input in
            framing.mirrored ? Orientation.mirrored.turned(input, rows: side, columns: side) : input
        }
        return Prepared(
            input: inputs[0], framings: placed, picture: picture, placement: presented.placement)
    }
}

extension Orientation {
    /// Left and right change places.
    static let mirrored = Orientation(mirrorsColumns: true)
}

/// An image that must not be scored.
struct Rejection: Error, Equatable {
    let code: RefusalCode
}
