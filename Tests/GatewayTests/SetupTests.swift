import Foundation
import Testing

@testable import Gateway

@Suite("The configuration that `init` writes")
struct SetupTests {
    static func answers(_ change: (inout SetupAnswers) -> Void = { _ in }) -> SetupAnswers {
        var answers = SetupAnswers()
        answers.ehr.base = "http://127.0.0.1:8081/fhir"
        answers.archive.base = "http://127.0.0.1:8042/dicom-web"
        answers.patientNamespace = "HOSP"
        answers.patientSystem = "urn:oid:2.999.1"
        change(&answers)
        return answers
    }

    /// Answers that differ in what the file has sections for.
    static let matrix: [(name: String, answers: SetupAnswers)] = [
        ("least", answers()),
        (
            "logins over TLS",
            answers {
                $0.ehr.base = "https://ehr.example/fhir"
                $0.ehr.tokenFile = "/etc/hostname"
                $0.ehr.ca = "/etc/hostname"
                $0.archive.base = "https://pacs.example/dicom-web"
                $0.archive.user = "gateway: \"#1\" \\ %"
                $0.archive.passwordFile = "/tmp/a folder/pass word"
                $0.clientCertificate = "/c.pem"
                $0.clientKey = "/c.key"
            }
        ),
        (
            "everything",
            answers {
                $0.ehrOrganization = "Hôpital: l'exemple # 1"
                $0.placerNamespace = "HIS"
                $0.placerSystem = "urn:oid:2.999.2"
                $0.fillerNamespace = "RIS"
                $0.archiveName = "on"
                $0.source = "ris-2"
                $0.mllpHost = "0.0.0.0"
                $0.tlsCertificate = "/s.pem"
                $0.tlsKey = "/s.key"
                $0.fhirPort = 8088
                $0.timeZone = "Europe/Berlin"
                $0.mappings = "/usr/share/mappings"
                $0.delivery = .on
            }
        ),
        (
            "client certificates demanded",
            answers {
                $0.tlsCertificate = "/s.pem"
                $0.tlsKey = "/s.key"
                $0.clientCA = "/ca.pem"
                $0.fhirPort = 8089
                $0.timeZone = "+01:00"
                $0.fillerNamespace = "HOSP"
            }
        ),
    ]

    private func parsed(_ text: String) throws -> Configuration {
        try Configuration.parse(text, folder: "/srv/gateway")
    }

    @Test("It is read as it was answered", arguments: matrix.indices)
    func read(_ index: Int) throws {
        let answers = Self.matrix[index].answers
        let configuration = try parsed(InstallationSetup(answers).configurationText)
        #expect(configuration.data == "/srv/gateway/data")
        #expect(configuration.delivery == answers.delivery)
        #expect(configuration.ehr.base == answers.ehr.base)
        #expect(configuration.ehr.organization == answers.ehrOrganization)
        #expect(configuration.archives.map(\.name) == [answers.archiveName])
        #expect(configuration.sources.map(\.name) == [answers.source])
        #expect(configuration.sources.map(\.timeZone) == [answers.timeZone])
        #expect(configuration.listeners.fhir?.endpoint.port == answers.fhirPort)
        #expect(configuration.listeners.mllp[0].tls?.clientCA == answers.clientCA)
        #expect(configuration.listeners.fhir.map { $0.tls == configuration.listeners.mllp[0].tls } ?? true)
        #expect(configuration.assigners[0].hl7 == ["HOSP"] && configuration.assigners[0].dicom == ["HOSP"])
        if let user = answers.archive.user, let file = answers.archive.passwordFile {
            #expect(configuration.archives[0].auth == .basic(user: user, passwordFile: file))
            #expect(configuration.archives[0].tls?.certificate == "/c.pem")
        }
        _ = try configuration.assignerDirectory()
    }

    @Test("Each setting that is off can be turned on, alone and all together", arguments: matrix.indices)
    func settingsThatAreOff(_ index: Int) throws {
        let text = try InstallationSetup(Self.matrix[index].answers).configurationText
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let off = lines.indices.filter { Self.turnedOn(lines[$0]) != nil }
        #expect(off.count >= 6)
        for number in off {
            var changed = lines
            changed[number] = Self.turnedOn(lines[number]) ?? ""
            #expect(throws: Never.self, "\(lines[number])") { try parsed(changed.joined(separator: "\n")) }
        }
        let all = lines.map { Self.turnedOn($0) ?? $0 }
        #expect(try parsed(all.joined(separator: "\n")).retry == RetrySection())
        #expect(try parsed(all.joined(separator: "\n")).limits == LimitsSection(), "what is shown is the default")
        #expect(try parsed(all.joined(separator: "\n")).waiting == WaitingSection())
    }

    @Test("Every other line with a number sign is words") func words() throws {
        let text = try InstallationSetup(Self.answers()).configurationText
        for line in text.split(separator: "\n") where line.contains("#") && Self.turnedOn(String(line)) == nil {
            #expect(line.drop { $0 == " " }.hasPrefix("# ") || line == "#", "\(line)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    /// The line with the number sign taken off, where it stands right before a setting.
    private static func turnedOn(_ line: String) -> String? {
        guard let match = line.wholeMatch(of: /( *)#([A-Za-z].*)/) else { return nil }
        return String(match.1 + match.2)
    }

    @Test("Answers that miss or contradict each other are refused")
    func refused() {
        func code(_ change: (inout SetupAnswers) -> Void) -> String? {
            do throws(SetupError) {
                _ = try InstallationSetup(Self.answers(change))
                return nil
            } catch {
                return "\(error.code.rawValue) \(error.place)"
            }
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.ehr.base = "" } == "setup.answerMissing --ehr")
        #expect(
            code {
                $0.patientSystem = ""; $0.archive.base = ""
            } == "setup.answerMissing --archive, --patient-system")
        #expect(code { $0.archive.user = "x" } == "setup.answerMissing --archive-password-file")
        #expect(code { $0.tlsKey = "/x" } == "setup.answerMissing --tls-certificate")
        #expect(
            code {
                $0.ehr.user = "x"
                $0.ehr.passwordFile = "/x"
                $0.ehr.tokenFile = "/x"
            } == "setup.answerInvalid --ehr-token-file")
        #expect(code { $0.adminPort = 2575 }?.hasPrefix("setup.answerInvalid") == true)
        #expect(code { $0.mllpHost = "0.0.0.0" } == "setup.answerInvalid listeners.mllp[0].host")
        #expect(
            code {
                $0.placerNamespace = "HIS"; $0.placerSystem = "urn:oid:2.999.1"
            }?.hasPrefix("setup.answerInvalid") == true)
    }

    @Test("Every option answers one question, and every answer is checked at once")
    func questions() {
        let options = SetupQuestion.all.map(\.option)
        #expect(Set(options).count == options.count)
        #expect(SetupQuestion.all.filter(\.isAsked).count <= 16, "few questions")
        for question in SetupQuestion.all {
            var answers = SetupAnswers()
            #expect(throws: SetupError.self, "\(question.option)") { try question.answer("a\u{1}b", in: &answers) }
        }
        var answers = SetupAnswers()
        let port = SetupQuestion.all.first { $0.option == "mllp-port" }
        #expect(throws: SetupError.self) { try port?.answer("0", in: &answers) }
        #expect(throws: Never.self) { try port?.answer(" 2576 ", in: &answers) }
        #expect(answers.mllpPort == 2576)
    }
}
