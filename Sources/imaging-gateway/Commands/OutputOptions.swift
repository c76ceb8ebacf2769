import ArgumentParser

/// `--json`, which every command but `serve` takes.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "JSON on standard output instead of text, errors too.")
    var json = false
}
