internal import JSON

/// The metadata of a weights file: everything beside the tensors that decides a score, a decision or a refusal.
struct WeightsMetadata: Sendable {
    /// The one version of the file that is read.
    static let format = "imaging-gateway/model/1"

    let values: [String: String]

    /// Throws `weightsIncomplete` with the entry's name, as all of these do.
    func text(_ name: String) throws(ClassifierError) -> String {
        guard let value = values[name], !value.isEmpty else { throw ClassifierError(.weightsIncomplete, name) }
        return value
    }

    /// A finite number.
    func number(_ name: String) throws(ClassifierError) -> Double {
        guard let value = Double(try text(name)) else { throw ClassifierError(.weightsIncomplete, name) }
        guard value.isFinite else { throw ClassifierError(.weightsNotFinite, name) }
        return value
    }

    func json(_ name: String) throws(ClassifierError) -> JSONValue {
        let limits = JSONLimits(bytes: 256 << 10, depth: 16)
        guard let value = try? JSONValue(parsing: Array(try text(name).utf8), limits: limits) else {
            throw ClassifierError(.weightsIncomplete, name)
        }
        return value
    }

    /// Side of the network's input.
    func side() throws(ClassifierError) -> Int {
        guard let side = Int(try text("input.side")), (32...512).contains(side) else {
            throw ClassifierError(.weightsIncomplete, "input.side")
        }
        return side
    }

    /// Prefixes of the networks that answer together.
    func members() throws(ClassifierError) -> [String] {
        let names = try json("members").array?.compactMap(\.string) ?? []
        guard (1...16).contains(names.count), Set(names).count == names.count, !names.contains(""),
            names.count == (try json("members").array?.count),
            !names.contains(where: { $0.contains(".") || !Safetensors.isName($0) })
        else { throw ClassifierError(.weightsIncomplete, "members") }
        return names
    }

    func calibration() throws(ClassifierError) -> Calibration {
        guard
            let calibration = Calibration(
                slope: try number("calibration.slope"), intercept: try number("calibration.intercept"),
                threshold: try number("decision.threshold"), negativeLimit: try number("decision.negativeLimit"),
                positiveLimit: try number("decision.positiveLimit"))
        else { throw ClassifierError(.weightsIncomplete, "calibration") }
        return calibration
    }

    /// Cuts of the exposed field that are scored for the spread only; at most 16.
    func framings() throws(ClassifierError) -> [Framing] {
        guard let elements = try json("framings").array, elements.count <= 16 else {
            throw ClassifierError(.weightsIncomplete, "framings")
        }
        return try elements.map { element throws(ClassifierError) in
            let cuts = ["top", "left", "bottom", "right"].compactMap { element[$0]?.number?.double }
            guard cuts.count == 4, cuts.allSatisfy({ (0...0.4).contains($0) }), let mirrored = element["mirrored"]?.bool
            else { throw ClassifierError(.weightsIncomplete, "framings") }
            return Framing(
                top: cuts[0], left: cuts[1], bottom: cuts[2], right: cuts[3], mirrored: mirrored)
        }
    }

    /// Contribution shown in full colour.
    func mapRange() throws(ClassifierError) -> Double {
        let range = try number("map.range")
        guard range > 0 else { throw ClassifierError(.weightsIncomplete, "map.range") }
        return range
    }
}
