import Foundation

/// The arrows that `Package.swift` draws between our own targets.
///
/// Read from the text: `swift package dump-package` inside `swift test` would wait for the build folder's lock for ever.
/// A target is a call whose first argument is its name (`layer("X", …)` or `.executableTarget(name: "X", …)`).
struct Manifest {
    /// Target → our targets that it depends on.
    let dependencies: [String: Set<String>]

    init(_ text: String, targets: Set<String>) {
        var dependencies: [String: Set<String>] = [:]
        for call in ["layer(", ".target(", ".executableTarget("] {
            for arguments in Self.arguments(of: call, in: text) {
                let literals = Self.literals(in: Self.beforeOtherLists(arguments))
                guard let name = literals.first, targets.contains(name) else { continue }
                dependencies[name, default: []].formUnion(literals.dropFirst().filter(targets.contains))
            }
        }
        self.dependencies = dependencies
    }

    /// The text between the parentheses of each such call.
    private static func arguments(of call: String, in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = rest.range(of: call) {
            var depth = 1
            var end = start.upperBound
            while end < rest.endIndex, depth > 0 {
                if rest[end] == "(" { depth += 1 }
                if rest[end] == ")" { depth -= 1 }
                end = rest.index(after: end)
            }
            found.append(String(rest[start.upperBound..<end]))
            rest = rest[start.upperBound...]
        }
        return found
    }

    /// Without resources, excluded files and settings, whose strings name no targets.
    private static func beforeOtherLists(_ arguments: String) -> String {
        let ends = ["resources:", "exclude:", "path:", "swiftSettings:", "cSettings:", "linkerSettings:"]
            .compactMap { arguments.range(of: $0)?.lowerBound }
        return String(arguments[..<(ends.min() ?? arguments.endIndex)])
    }

    private static func literals(in text: String) -> [String] {
        // `.product(name: "Crypto", package: "swift-crypto")` names a product of another package.
        let own = text.replacing(#/\.product\([^)]*\)/#, with: "")
        return own.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
