import DICOM
import Foundation
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("Attribute types of all objects (PS3.3 Annex A and C)")
struct AttributeTypesTests {
    private static let tables = URL(fileURLWithPath: #filePath)
        .appendingPathComponent("../../../../Sources/Deidentification/Profile/Tables").standardizedFileURL

    /// What the standard asks for without a condition, by SOP class: the shipped table, read once more and otherwise.
    private static let mandatory: [(classes: [String], isImage: Bool, paths: [(path: [Tag], type: String)])] = {
        let text = try? String(contentsOf: tables.appendingPathComponent("attribute_types_2024b.tsv"), encoding: .utf8)
        let lines = (text ?? "").split(separator: "\n").map { $0.split(separator: "\t") }
        var modules: [Substring: [(path: [Tag], type: String)]] = [:]
        for line in lines where line[0] == "M" {
            modules[line[1]] = line[2].split(separator: " ").compactMap { entry in
                let parts = entry.split(separator: "=")
                guard parts[1] == "1" || parts[1] == "2" else { return nil }
                return (parts[0].split(separator: "/").compactMap { Tag(hex: String($0)) }, String(parts[1]))
            }
        }
        return lines.filter { $0[0] == "I" && !$0[1].hasPrefix("shared") }.map { line in
            let names = line[2].split(separator: " ")
            return (
                line[1].split(separator: " ").map(String.init), names.contains { $0.contains("image") },
                names.flatMap { modules[$0] ?? [] }
            )
        }
    }()

    /// What goes with the whole of its module, which no object must have: ICC Profile, Graphic Annotation Sequence.
    private static let without: Set<Tag> = [Tag(0x0028, 0x2000), Tag(0x0070, 0x0001)]

    @Test(
        "What an object must have, it has afterwards too: each class of the standard, each shipped profile",
        arguments: ["classifier", "basic", "research-shifted-dates", "research-full"])
    func whole(profile name: String) throws {
        let profile = try ProfileFileTests.profile(name)
        let dictionary = profile.rules.dictionary
        #expect(Self.mandatory.count > 150)
        var judged = 0
        for (classes, isImage, paths) in Self.mandatory {
            var header = DataSet()
            for (path, _) in paths where path.last.map(Self.without.contains) == false {
                Self.add(path[...], to: &header, dictionary)
            }
            header.set(.sopClassUID, .UI, classes[0])
            if isImage { header.set(.rows, .US, 1) }
            guard ObjectContent(try #require(UID(classes[0])), header).isCleanable(under: profile) else { continue }
            judged += 1
            header.set(.patientID, .LO, "4711")
            var rewriter = DataSetRewriter(
                profile: profile, pseudonyms: try SyntheticDX.pseudonyms(),
                descriptors: try DescriptorCleaner(for: KnownIdentity()))
            let result = try rewriter.rewrite(header)
            let lost = paths.filter { path, type in
                !Self.without.contains(path[path.count - 1]) && Self.isLost(path[...], type, result)
            }
            let words = Set(lost.map { path, type in path.map(\.hex).joined(separator: "/") + "=" + type })
            #expect(words == [], "\(classes)")
        }
        print("\(name): \(judged) kinds of objects judged")
        #expect(judged > 50)
    }

    private static func add(_ path: ArraySlice<Tag>, to item: inout DataSet, _ dictionary: DataDictionary) {
        guard let tag = path.first, let vr = dictionary[tag]?.vr else { return }
        guard path.count == 1 else {
            var inner = item.items(tag).first ?? DataSet()
            add(path.dropFirst(), to: &inner, dictionary)
            item.set(tag, items: [inner])
            return
        }
        guard item[tag] == nil else { return }
        switch vr {
        case .SQ:
            item.set(
                tag, items: [SyntheticDX.code("51185008", "SCT", "Chest")])
        case .UI: item.set(tag, .UI, "1.2.3.4711.9")
        case .DA: item.set(tag, .DA, "20240229")
        case .TM: item.set(tag, .TM, "101500")
        case .DT: item.set(tag, .DT, "20240229101500")
        case .AS: item.set(tag, .AS, "040Y")
        case .PN: item.set(tag, .PN, "Canary^Jo")
        case .CS: item.set(tag, .CS, "SOME")
        case .DS, .IS: item[tag] = DataElement(tag, vr, .text(["1"]))
        case .FD, .FL: item[tag] = DataElement(tag, vr, .numbers([1]))
        case .US, .SS, .UL, .SL, .SV, .UV: item[tag] = DataElement(tag, vr, .integers([1]))
        case .OB, .OW, .OF, .OD, .OL, .OV, .UN: item[tag] = DataElement(tag, vr, .bytes([1, 2, 3, 4]))
        case .AT: item[tag] = DataElement(tag, vr, .tags([.rows]))
        case .LO, .LT, .SH, .ST, .UC, .UT, .AE, .UR: item[tag] = DataElement(tag, vr, .text(["Xyzzyq"]))
        }
    }

    /// Whether an item that stayed lacks what the path ends with; what lies in a sequence that went is not asked for.
    private static func isLost(_ path: ArraySlice<Tag>, _ type: String, _ item: DataSet) -> Bool {
        guard let tag = path.first else { return false }
        if path.count > 1 { return item.items(tag).contains { isLost(path.dropFirst(), type, $0) } }
        guard let element = item[tag] else { return true }
        return type == "1" && element.isEmpty
    }

    @Test("Functional groups, isotopes and content identification ask for what General Image leaves open")
    func enhanced() throws {
        let types = try DeidentificationProfile.tables().types
        for number in [
            "2.1", "4.1", "130", "12.1.1", "12.2.1", "6.2", "13.1.3", "77.1.5.4", "14.1", "2.2", "4.4", "77.1.6", "30",
            "77.1.5.1",
        ] {
            let place = types.place(of: UID("1.2.840.10008.5.1.4.1.1.\(number)"), isImage: true)
            #expect(types.requirement(of: .contentDate, at: place) == .required, "\(number)")
            #expect(types.isMandatory(.contentTime, at: place), "\(number)")
        }
        let pet = types.place(of: UID("1.2.840.10008.5.1.4.1.1.130"), isImage: true)
        let isotope = types.place(in: Tag(0x0054, 0x0016), at: pet)
        #expect(types.requirement(of: Tag(0x0018, 0x1078), at: isotope) == .required)
        let map = types.place(of: UID("1.2.840.10008.5.1.4.1.1.30"), isImage: true)
        #expect(types.requirement(of: Tag(0x0070, 0x0080), at: map) == .required)
        #expect(types.requirement(of: Tag(0x0070, 0x0081), at: map) == .mayBeEmpty)
    }

    @Test("A coding scheme's resource without its address goes as a whole; the scheme stays")
    func codingScheme() throws {
        let result = try SyntheticDX.deidentified { header in
            var resource = DataSet()
            resource.set(Tag(0x0008, 0x010A), .CS, "DOC")
            resource[Tag(0x0008, 0x010E)] = DataElement(
                Tag(0x0008, 0x010E), .UR, .text(["http://xyzzyq.example/"]))
            var scheme = DataSet()
            scheme.set(.codingSchemeDesignator, .SH, "99HOSP")
            scheme.set(Tag(0x0008, 0x0109), items: [resource])
            header.set(Tag(0x0008, 0x0110), items: [scheme])
        }
        let scheme = try #require(result.items(Tag(0x0008, 0x0110)).first)
        #expect(scheme[Tag(0x0008, 0x0109)] == nil && !scheme.isEmpty)
    }

    @Test("Every class of ../shared is in the table, no attribute weaker than there", .enabled(if: Standard.isPresent))
    func shared() throws {
        let types = try DeidentificationProfile.tables().types
        let dictionary = try DeidentificationProfile.tables().dictionary
        var attributes: [String: [[String]]] = [:]
        for row in try Standard.rows("module_attributes.csv") { attributes[row[0], default: []].append(row) }
        var tags: [String: Tag] = [:]
        for row in attributes.values.joined() { tags[row[2]] = Tag(hex: row[3].uppercased()) }
        var compared = 0
        for row in try Standard.rows("iod_modules.csv") {
            for uid in row[1].split(separator: " ") {
                #expect(types.sopClasses.contains(String(uid)))
                let root = types.place(of: UID(String(uid)), isImage: false)
                for attribute in attributes[row[3]] ?? [] {
                    guard let tag = tags[attribute[2]], let vr = dictionary[tag]?.vr, vr != .SQ, vr.isCharacterString,
                        vr != .UI, vr != .CS, vr != .DS, vr != .IS, !tag.hex.hasPrefix("000801"),
                        !attribute[1].contains("60XX"), attribute[5] != "3"
                    else { continue }
                    let place = attribute[1].split(separator: "/").reduce(root) { place, step in
                        tags[String(step)].map { types.place(in: $0, at: place) } ?? place
                    }
                    let found = types.requirement(of: tag, at: place)
                    let isEnough = found == .required || found == .mayBeEmpty && attribute[5].hasPrefix("2")
                    #expect(isEnough, "\(row[0]) \(attribute)")
                    compared += 1
                }
            }
        }
        #expect(compared > 500)
        let classes = try Standard.sopClasses()
        let missing = classes.filter { !types.sopClasses.contains($0) }
        print("classes of the standard without modules: \(missing)")
        #expect(missing.count < 15 && classes.count > 150)
    }
}

/// The tables of the standard in ../shared.
enum Standard {
    private static let folder = Samples.folder.deletingLastPathComponent().appendingPathComponent("standards/dicom")
    static let isPresent: Bool = {
        let isPresent = FileManager.default.fileExists(atPath: folder.path)
        if !isPresent { print("NO ../shared: attribute types are not compared with the standard's tables") }
        return isPresent
    }()

    static func rows(_ name: String) throws -> [[String]] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    static func sopClasses() throws -> [String] {
        let data = try Data(contentsOf: folder.appendingPathComponent("sop_classes.json"))
        let classes = try JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        return (classes ?? []).compactMap { $0["id"] as? String }
    }
}
