import HL7v2

/// Checks all files of `mappings` without starting anything.
public struct MappingLint {
    /// Everything that was found, by file and line.
    public private(set) var findings: [MappingFinding] = []
    private var layers: [(file: String, layer: MappingLayer)] = []
    private var usedCodeMaps: Set<String> = []
    private var hasAllLayers = true

    /// Looks at every file, whether or not a source uses it.
    public init(_ files: MappingFiles) {
        for path in files.paths(in: "codes") { readCodes(path, files) }
        for path in files.paths(in: "orders") + files.paths(in: "sites") { readOrders(path, files) }
        var routings: [(file: String, routing: Routing)] = []
        for path in files.paths(in: "routing") {
            read(path) { () throws(MappingError) in routings.append((path, try Routing(path: path, in: files))) }
        }
        if files["routing/default.yaml"] == nil { add(MappingError(.fileMissing), in: "routing/default.yaml") }
        // What a file with an error would use is not known.
        for path in files.paths(in: "codes") where !usedCodeMaps.contains(path) && hasAllLayers {
            warn(.unusedCodeMap, FileMark(file: path, keyPath: "(root)", line: nil), in: path)
        }
        for (file, layer) in layers { checkPlaces(of: layer, in: file) }
        for (file, routing) in routings { checkRules(of: routing, in: file) }
        findings.sort { ($0.file, $0.line ?? 0, $0.code) < ($1.file, $1.line ?? 0, $1.code) }
    }

    /// Whether the gateway would refuse a file.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    // MARK: - Reading

    private mutating func read(_ path: String, _ part: () throws(MappingError) -> Void) {
        do throws(MappingError) { try part() } catch { add(error, in: path) }
    }

    private mutating func readCodes(_ path: String, _ files: MappingFiles) {
        read(path) { () throws(MappingError) in
            _ = try CodeMap(root: YAMLNode(parsing: files[path] ?? "", file: path))
        }
    }

    private mutating func readOrders(_ path: String, _ files: MappingFiles) {
        let context = LoadingContext(files, assigners: nil)
        do throws(MappingError) {
            let layer = MappingLayer.load(try context.file(path), with: context)
            if context.errors.isEmpty { layers.append((path, layer)) }
        } catch {
            context.errors.append(error)
        }
        if !context.errors.isEmpty { hasAllLayers = false }
        for error in context.errors { add(error, in: path) }
        usedCodeMaps.formUnion(context.used)
    }

    private mutating func add(_ error: MappingError, in file: String) { note(MappingFinding(error, in: file)) }

    private mutating func warn(_ warning: MappingFinding.Warning, _ mark: FileMark, in file: String) {
        note(MappingFinding(warning, mark, in: file))
    }

    /// A file that several extend is told of once.
    private mutating func note(_ finding: MappingFinding) {
        if !findings.contains(finding) { findings.append(finding) }
    }

    // MARK: - Places

    private mutating func checkPlaces(of layer: MappingLayer, in file: String) {
        for rules in [layer.rules] + layer.cases.map(\.rules) {
            for field in OrderField.allCases {
                let places = rules[field]
                // What is inherited is the other file's, and may stand behind places of the same path.
                for (index, place) in places.enumerated() where place.mark.file == file {
                    if places[..<index].contains(where: { $0.hides(place) }) {
                        warn(.shadowedPlace, place.mark, in: file)
                    }
                    let paths = [place.path].compactMap(\.self) + (place.condition?.paths ?? [])
                    if paths.contains(where: StandardFields.isBeyond) {
                        warn(.fieldBeyondStandard, place.mark, in: file)
                    }
                }
            }
        }
    }

    // MARK: - Rules

    private mutating func checkRules(of routing: Routing, in file: String) {
        var earlier: [(model: String?, conditions: RoutingRule.Conditions)] = []
        for rule in routing.rules {
            for alternative in rule.alternatives {
                if !layers.isEmpty, !canClaim(alternative) { warn(.ruleNeverClaims, alternative.mark, in: file) }
                // A rule that leaves it to the models' own rules may find no taker; then a later one that names its
                // model is asked.
                if earlier.contains(where: {
                    ($0.model != nil || rule.model == nil) && $0.conditions.covers(alternative)
                }) {
                    warn(.shadowedRule, alternative.mark, in: file)
                }
            }
            earlier += rule.alternatives.map { (rule.model, $0) }
        }
    }

    /// Whether some mapping can fill every field that the alternative asks for.
    private func canClaim(_ alternative: RoutingRule.Conditions) -> Bool {
        layers.flatMap { [$0.layer.rules] + $0.layer.cases.map(\.rules) }.contains { rules in
            func can(_ field: OrderField, _ wanted: [String]?) -> Bool {
                wanted.map { rules[field].canSay($0) } ?? true
            }
            let times = !rules[.scheduledTime].isEmpty || !rules[.transactionTime].isEmpty
            return can(.modality, alternative.modality) && can(.bodyPart, alternative.bodyPart)
                && (alternative.procedureCode == nil && alternative.procedureWords == nil
                    || !rules[.procedureCode].isEmpty)
                && (alternative.age == nil || !rules[.birthDate].isEmpty && times)
        }
    }
}

extension Place {
    /// Whether this place, standing before the other one, answers whenever the other one would.
    fileprivate func hides(_ other: Place) -> Bool {
        switch source {
        case .constant: condition == nil
        case .path(let path):
            path == other.path && (condition == nil || condition == other.condition) && pieces.isEmpty && !dropsUnmapped
        }
    }
}

extension [Place] {
    /// Whether any of the places can give one of these values.
    fileprivate func canSay(_ values: [String]) -> Bool {
        contains { place in
            switch place.source {
            case .constant(let value): values.contains(value)
            case .path:
                place.codes.isEmpty || !place.dropsUnmapped
                    || place.codes.contains { !$0.targets.isDisjoint(with: values) }
            }
        }
    }
}

extension RoutingRule.Conditions {
    /// Whether every order that fulfils the other conditions fulfils these.
    fileprivate func covers(_ other: Self) -> Bool {
        func covers(_ own: [String]?, _ others: [String]?) -> Bool {
            guard let own else { return true }
            return others.map { Set($0).isSubset(of: own) } ?? false
        }
        let coversAge = age.map { own in
            other.age.map { own.contains($0.lowerBound) && own.contains($0.upperBound) } ?? false
        }
        return covers(modality, other.modality) && covers(bodyPart, other.bodyPart) && covers(source, other.source)
            && covers(procedureCode, other.procedureCode) && covers(procedureWords, other.procedureWords)
            && (coversAge ?? true)
    }
}

/// How many fields the segments of version 2.8 have, of those that orders are read from.
enum StandardFields {
    private static let counts = [
        "MSH": 25, "EVN": 7, "PID": 40, "PD1": 23, "MRG": 7, "PV1": 54, "PV2": 50, "ORC": 38, "OBR": 55, "TQ1": 14,
        "NTE": 9, "OBX": 30, "DG1": 26, "IPC": 9, "ZDS": 1,
    ]

    static func isBeyond(_ path: FieldPath) -> Bool { counts[path.segment].map { path.field > $0 } ?? false }
}
