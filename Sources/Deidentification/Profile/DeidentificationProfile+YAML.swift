internal import DICOM
internal import Mapping
internal import Sealing

extension DeidentificationProfile {
    /// Reads a profile file (`mappings/README.md`, Profiles of de-identification).
    ///
    /// - Throws: `profileInvalid` with key path and line for an unknown or missing key, a value that none may have, a tag
    ///   of table E.1-1 on the keep list (its row is governed by options alone) and a list of private elements without
    ///   Retain Safe Private; `profileOptionsConflict` for both retentions of dates;
    ///   `profileOptionUnsupported` for Clean Recognizable Visual Features, for which no cleaner exists here;
    ///   `profileUnavailable` without the tables of the standard.
    public init(yaml: String) throws(DeidentificationError) {
        let tables = try Self.tables()
        do {
            try self.init(reading: YAMLNode(parsing: yaml), text: yaml, tables)
        } catch let error as MappingError {
            throw DeidentificationError(.profileInvalid, keyPath: error.keyPath, line: error.line)
        } catch let error as DeidentificationError {
            throw error
        } catch {
            throw DeidentificationError(.profileInvalid)
        }
    }

    private static let keys = [
        "version", "name", "release", "summary", "edition", "options", "textGate", "pseudonyms", "keep", "private",
    ]

    private init(reading root: YAMLNode, text: String, _ tables: ShippedTables) throws {
        _ = try root.members(allowed: Self.keys)
        try root.requireVersion1()
        let edition = try root.required("edition")
        guard try edition.text() == "2024b" else { throw edition.error(.invalidValue) }
        let options = try Self.options(try root.required("options"))
        name = try Self.name(try root.required("name"))
        version = try Self.words(try root.required("release"), atMost: 32)
        summary = try Self.words(try root.required("summary"), atMost: 500)
        self.edition = "2024b"
        self.options = options
        textGate = try Self.choice(try root.required("textGate"))
        // Nothing would be cleaned, and the objects would say that it was.
        if options.contains(.cleanPixelData), textGate == .never {
            throw try root.required("textGate").error(.invalidValue)
        }
        pseudonymKind = try Self.choice(try root.required("pseudonyms"))
        keepList = try root.member("keep")?.elements().map { try Self.kept($0, tables) } ?? []
        privateList = try root.member("private")?.elements().map { try Self.privateElement($0) } ?? []
        if !privateList.isEmpty, !options.contains(.retainSafePrivate) {
            throw try root.required("private").error(.invalidValue)
        }
        keptTags = Set(keepList.compactMap { Tag(hex: $0.tag) })
        digest = Digest.sha256(Array((text + "\0" + tables.digest).utf8)).hex
        rules = EffectiveRules(options: options, tables: tables)
    }

    private static func options(_ node: YAMLNode) throws -> Set<ProfileOption> {
        var options: Set<ProfileOption> = []
        for element in try node.elements() {
            let text = try element.text()
            guard let option = ProfileOption(word: text) ?? ProfileOption(rawValue: text),
                options.insert(option).inserted
            else { throw element.error(.invalidValue) }
            guard option != .cleanRecognizableVisualFeatures else {
                throw DeidentificationError(
                    .profileOptionUnsupported, keyPath: element.mark.keyPath, line: element.mark.line)
            }
        }
        guard !options.isSuperset(of: [.retainFullDates, .retainModifiedDates]) else {
            throw DeidentificationError(.profileOptionsConflict, keyPath: node.mark.keyPath, line: node.mark.line)
        }
        // Nobody applies an option without the profile that it is an option of.
        guard options.contains(.basic) else { throw node.error(.missingKey) }
        return options
    }

    /// Lower-case letters, digits and hyphens: it stands in file names and in the objects.
    private static func name(_ node: YAMLNode) throws -> String {
        let text = try words(node, atMost: 48)
        let fits = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard fits else { throw node.error(.invalidValue) }
        return text
    }

    /// ASCII without controls or backslash: parts of it go into LO values.
    private static func words(_ node: YAMLNode, atMost length: Int) throws -> String {
        let text = try node.text()
        guard text.utf8.count <= length, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x5C }) else {
            throw node.error(.invalidValue)
        }
        return text
    }

    private static func choice<Choice: RawRepresentable<String>>(_ node: YAMLNode) throws -> Choice {
        guard let choice = Choice(rawValue: try node.text()) else { throw node.error(.invalidValue) }
        return choice
    }

    private static func kept(_ node: YAMLNode, _ tables: ShippedTables) throws -> KeptElement {
        _ = try node.members(allowed: ["tag", "reason"])
        let place = try node.required("tag")
        let text = try place.text().uppercased()
        // What the standard says of a row is changed by an option of the standard, and by nothing else.
        guard let tag = Tag(hex: text), !tag.isPrivate, !tag.isGroupLength, let entry = tables.dictionary[tag],
            entry.vr != .SQ, entry.vr != .UI, !(0x5000...0x60FF).contains(tag.group),
            !tables.profile.rows.contains(where: { $0.tag == text })
        else { throw place.error(.invalidValue) }
        return KeptElement(tag: text, reason: try words(try node.required("reason"), atMost: 500))
    }

    private static func privateElement(_ node: YAMLNode) throws -> PrivateElement {
        _ = try node.members(allowed: ["group", "creator", "element", "vr", "values", "reason"])
        let (groupNode, elementNode, vrNode) = (
            try node.required("group"), try node.required("element"), try node.required("vr")
        )
        guard let group = UInt16(try groupNode.text(), radix: 16), group & 1 == 1, group > 8, group != 0xFFFF else {
            throw groupNode.error(.invalidValue)
        }
        guard let offset = UInt8(try elementNode.text(), radix: 16) else { throw elementNode.error(.invalidValue) }
        let vr = try vrNode.text()
        guard let known = VR(rawValue: vr), known != .SQ, known != .UN else { throw vrNode.error(.invalidValue) }
        var values = 1
        if let node = try node.member("values") {
            guard let number = Int(try node.text()), (1...1024).contains(number) else {
                throw node.error(.invalidValue)
            }
            values = number
        }
        return PrivateElement(
            group: group, creator: try words(try node.required("creator"), atMost: 64), offset: offset, vr: vr,
            values: values,
            reason: try words(try node.required("reason"), atMost: 500))
    }
}
