/// The texts of a `mappings` folder by their paths below it, such as `orders/default.yaml`: this module reads no disk.
public struct MappingFiles: Sendable, Equatable {
    private let texts: [String: String]

    /// - Parameter texts: The YAML files by path.
    public init(_ texts: [String: String]) { self.texts = texts }

    /// The text of a file; nil where there is none.
    public subscript(path: String) -> String? { texts[path] }

    /// The paths of the files in a folder, sorted.
    public func paths(in folder: String) -> [String] {
        texts.keys.filter { $0.hasPrefix("\(folder)/") && $0.hasSuffix(".yaml") }.sorted()
    }

    /// A path as `extends:` gives it, counted from the folder of the file that says so; nil where it leaves `mappings`.
    static func path(_ relative: String, from file: String) -> String? {
        var parts = file.split(separator: "/").dropLast().map(String.init)
        for part in relative.split(separator: "/").map(String.init) {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
