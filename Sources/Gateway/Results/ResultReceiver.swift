import HL7v2
import MLLP
import Reporting
import Workflow

/// One configured receiver of ORU^R01.
struct ResultReceiver: Sendable {
    let settings: ResultDestinationSettings
    let client: MLLPClient
}

extension Configuration {
    /// The receivers of results. Throws at a version or character set that the composer does not write.
    func resultReceivers() throws(ConfigurationError) -> [ResultReceiver] {
        var receivers: [ResultReceiver] = []
        for (index, section) in results.enumerated() {
            receivers.append(
                ResultReceiver(
                    settings: ResultDestinationSettings(
                        name: section.name, message: try section.message(at: "results[\(index)]")),
                    client: MLLPClient(configuration: SenderConfiguration(section.address, limits: limits))))
        }
        return receivers
    }
}

extension ResultSection {
    fileprivate func message(at path: String) throws(ConfigurationError) -> ResultMessageSettings {
        guard let version = ResultMessageSettings.Version(rawValue: version) else {
            let known = ResultMessageSettings.Version.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(.invalidValue, at: "\(path).version", "expected one of \(known)")
        }
        let set: MessageCharacterSet
        do {
            set = try MessageCharacterSet(term: characterSet)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "\(path).characterSet", "this character set is not supported")
        }
        return ResultMessageSettings(
            receivingApplication: application, receivingFacility: facility, version: version,
            processingID: processingID, characterSet: set,
            picture: pictures == .none || maxPictureBytes == 0 ? .none : .png(maximumBytes: maxPictureBytes),
            acknowledgment: acknowledgment == .original ? .original : .commit)
    }
}
