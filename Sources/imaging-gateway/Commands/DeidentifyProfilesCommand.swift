import ArgumentParser
import Deidentification
import JSON

struct DeidentifyProfilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "Lists the profiles of de-identification, and explains one row by row.",
        usage: "imaging-gateway deidentify profiles [<name or file>] [--row <text>] [--json]",
        discussion: """
            Without a name: the profiles of the mappings folder that ships with the program or of --mappings, each with \
            its options and digest. The digest covers the file and the tables of the standard; it stands in every \
            receipt and certificate, so that it can be told later what was really applied.

            With a name, or a file of one's own: what the profile does with each of the 621 rows of table E.1-1 of \
            PS3.15, and which option decides; then what it lets stay beyond the table.

            Exit code 1: a profile file has a mistake, which is told with key path and line.

            Examples:
              imaging-gateway deidentify profiles
              imaging-gateway deidentify profiles research-shifted-dates --row Date
              imaging-gateway deidentify profiles ./ours.yaml --json
            """)

    @Argument(help: "A profile by name, or a file.", completion: .file(extensions: ["yaml", "yml"]))
    var profile: String?
    @Option(
        name: .long, help: ArgumentHelp("Only rows with this in tag, keyword or name.", valueName: "text"))
    var row: String?
    @Option(name: .long, help: ArgumentHelp("Another mappings folder.", valueName: "folder"), completion: .directory)
    var mappings: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try withGatewayErrors(json: output.json) {
            if let profile {
                try explain(try ProfileFiles.read(profile, mappings: mappings))
            } else {
                try list()
            }
        }
    }

    private func list() throws {
        let files = try ProfileFiles.all(mappings: mappings)
        let profiles = try files.map { try ProfileFiles.read($0, mappings: mappings) }
        guard !output.json else {
            return show(["profiles": .array(profiles.map { .object($0.json) })])
        }
        for profile in profiles {
            print("\(profile.name) \(profile.version)\n  \(profile.summary)")
            for option in profile.codes { print("  \(option.rawValue) \(option.meaning)") }
            print(
                "  dates \(profile.dates.rawValue.lowercased()), text in pixels looked for: \(profile.textGate.rawValue)"
            )
            print("  pseudonyms \(profile.pseudonymKind.rawValue)\n  \(profile.digest)\n")
        }
    }

    private func explain(_ profile: DeidentificationProfile) throws {
        let wanted = row?.lowercased()
        let rows = profile.explanations.filter { row in
            guard let wanted else { return true }
            return [row.tag, row.keyword, row.name].contains { $0.lowercased().contains(wanted) }
        }
        guard !output.json else {
            var object = profile.json
            object["rows"] = .array(rows.map { .object($0.json) })
            return show(.object(object))
        }
        print("\(profile.name) \(profile.version): \(profile.summary)\n")
        for row in rows {
            let action = row.option.map { "\(row.action) \($0.rawValue)" } ?? row.action
            let columns = [
                pad(row.tag, 9), pad(action, 9), pad(row.keyword.isEmpty ? row.name : row.keyword, 48), row.words,
            ]
            print(columns.joined(separator: " "))
        }
        guard wanted == nil else { return }
        print(
            "\nOutside the table nothing stays but measured values, codes, UIDs (replaced) and equipment; beyond that:")
        for kept in profile.keepList { print("\(pad(kept.tag, 9)) kept      \(kept.reason)") }
        for kept in profile.privateList {
            let place = "\(hex(Int(kept.group), 4)),xx\(hex(Int(kept.offset), 2)) \(kept.creator)"
            print("\(pad(place, 49)) kept      \(kept.reason)")
        }
        if profile.keepList.isEmpty, profile.privateList.isEmpty { print("nothing") }
    }

    private func hex(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}

extension DeidentificationProfile {
    fileprivate var json: JSONObject {
        [
            "name": .string(name), "version": .string(version), "summary": .string(summary),
            "edition": .string(edition),
            "digest": .string(digest), "dates": .string(dates.rawValue), "textGate": .string(textGate.rawValue),
            "pseudonyms": .string(pseudonymKind.rawValue),
            "options": .array(codes.map { .object(["code": .string($0.rawValue), "meaning": .string($0.meaning)]) }),
            "keep": .array(keepList.map { .object(["tag": .string($0.tag), "reason": .string($0.reason)]) }),
            "private": .array(
                privateList.map {
                    .object([
                        "group": .string(String($0.group, radix: 16)), "creator": .string($0.creator),
                        "element": .string(String($0.offset, radix: 16)), "vr": .string($0.vr),
                        "reason": .string($0.reason),
                    ])
                }),
        ]
    }
}

extension DeidentificationProfile.Explanation {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "tag": .string(tag), "keyword": .string(keyword), "name": .string(name), "basic": .string(basic),
            "action": .string(action), "words": .string(words),
        ]
        if let option { object["option"] = .string(option.rawValue) }
        return object
    }
}
