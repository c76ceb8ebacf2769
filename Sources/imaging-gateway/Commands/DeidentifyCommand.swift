import ArgumentParser

struct DeidentifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deidentify",
        abstract: "De-identifies files of images and messages, and verifies and reverses what was made.",
        discussion: """
            Without the name of a subcommand it is `deidentify run`. A file that has the name of a subcommand is written \
            with its folder: ./verify.

            Examples:
              imaging-gateway deidentify study/ --out deidentified
              imaging-gateway deidentify profiles
              imaging-gateway deidentify run --help
            """,
        subcommands: [
            DeidentifyRunCommand.self, DeidentifyProfilesCommand.self, DeidentifyVerifyCommand.self,
            DeidentifyCertificateCommand.self, DeidentifyReverseCommand.self,
        ],
        defaultSubcommand: DeidentifyRunCommand.self)
}
