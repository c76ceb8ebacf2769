import Audit
import ImageClassifier
import Workflow

extension Configuration {
    /// Everything that decides how the gateway works, as it is in use at the start.
    func loadedFiles(mappings: [String: String], models: [LoadedModel]) -> [LoadedFile] {
        let networks = models.map { model in
            let identity = model.bundle.identity
            return LoadedFile(
                .modelLoaded, name: identity.id, sha256: model.bundle.descriptionDigest,
                facts: [
                    .model: .configured(identity.id), .modelVersion: .configured(identity.version),
                    .weights: .digest(identity.weightsDigest), .mode: .code(model.section.mode.rawValue),
                ])
        }
        return [LoadedFile(.configurationLoaded, name: "configuration", sha256: digest)] + networks
            + LoadedFile.mappings(mappings) + certificates
    }

    /// The certificates that the gateway shows to peers.
    private var certificates: [LoadedFile] {
        var places: [(path: String?, place: String)] = listeners.mllp.enumerated().map {
            ($1.tls?.certificate, "listeners.mllp[\($0)].tls")
        }
        places.append((listeners.fhir?.tls?.certificate, "listeners.fhir.tls"))
        places.append((ehr.tls?.certificate, "ehr.fhir.tls"))
        places += archives.enumerated().map { ($1.tls?.certificate, "archives[\($0)].tls") }
        places += researchArchives.enumerated().map { ($1.tls?.certificate, "researchArchives[\($0)].tls") }
        places += results.enumerated().map { ($1.address.tls?.certificate, "results[\($0)].tls") }
        places += sources.map { ($0.acknowledgments?.tls?.certificate, "sources.\($0.name).acknowledgments.tls") }
        return places.compactMap { path, place in path.flatMap { LoadedFile.certificate($0, at: place) } }
    }
}
