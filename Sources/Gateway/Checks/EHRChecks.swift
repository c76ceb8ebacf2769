import FHIR
import FHIRClient
import ImageClassifier
import OutboundHTTP
import Reporting
import Sealing
import Workflow

/// The EHR: is it an R4 server with what is needed, may we search, may we write.
struct EHRChecks {
    let checks: PeerChecks
    let server: FHIRServer
    /// The FHIR system in which patients are looked for; nil where no assigner names one.
    let patientSystem: String?
    /// The transaction that makes the gateway's Device; nil where it is not to be tried or cannot be made.
    let device: Bundle?
    /// Why `device` is nil, in words.
    let whyNotTried: String

    /// Everything, each step as far as the one before it came.
    func items() async -> [CheckItem] {
        var items = await checks.connection()
        guard !items.contains(where: { $0.status == .problem }) else {
            return items + notReached(["metadata", "search", "write"])
        }
        do throws(AdapterError) {
            let inquiry = try await server.inquireMetadata()
            items.append(metadata(inquiry))
            items.append(checks.clock(inquiry.date))
            // What metadata is refused for, the rest would be refused for too; only 403 may be about metadata alone.
            if let refusal = inquiry.refusal, refusal.code != "\(server.name).http.403" {
                return items + notReached(["search", "write"], "not asked: metadata was refused")
            }
            if inquiry.refusal == nil, items.contains(where: { $0.status == .problem }) {
                return items + notReached(["search", "write"], "not asked: this is not the server that is needed")
            }
            items += security(inquiry)
            async let search = search()
            async let write = write(inquiry.capabilities)
            items += await search
            items += await write
        } catch {
            items.append(checks.words.item("\(server.name).metadata", error))
            items += notReached(["search", "write"])
        }
        return items
    }

    private func notReached(_ what: [String], _ why: String = "the EHR was not reached") -> [CheckItem] {
        what.map { checks.skipped($0, .notReached, why) }
    }

    // MARK: - Metadata

    private func metadata(_ inquiry: MetadataInquiry) -> CheckItem {
        let section = checks.words.section
        if let refusal = inquiry.refusal { return checks.words.item("\(server.name).metadata", refusal) }
        guard let capabilities = inquiry.capabilities else {
            return checks.problem(
                "metadata", .metadataMalformed, "what answers is no FHIR server (no CapabilityStatement)",
                remedy: "put the FHIR base into \(section).base, the address that `/metadata` can be added to")
        }
        guard capabilities.isR4 else {
            return checks.problem(
                "metadata", .metadataVersion, "the server speaks FHIR \(capabilities.fhirVersion), not R4",
                remedy: "use the server's R4 (4.0.1) endpoint in \(section).base")
        }
        guard capabilities.supportsTransaction else {
            return checks.problem(
                "metadata", .metadataTransaction, "the server does not claim transactions, in which reports are posted",
                remedy: "ask its operator to turn them on")
        }
        guard capabilities.missingTypes.isEmpty else {
            return checks.problem(
                "metadata", .metadataTypes,
                "the server does not list \(capabilities.missingTypes.joined(separator: ", "))",
                remedy: "ask its operator to turn the types on")
        }
        return .ok(
            "\(server.name).metadata", "FHIR \(capabilities.fhirVersion), transactions, all types that are needed")
    }

    /// What the server says about who may come in: told, not judged.
    private func security(_ inquiry: MetadataInquiry) -> [CheckItem] {
        guard let services = inquiry.capabilities?.securityServices, !services.isEmpty else { return [] }
        return [.ok("\(server.name).security", "the server says that it uses \(services.joined(separator: ", "))")]
    }

    // MARK: - Search

    private func search() async -> [CheckItem] {
        let name = "\(server.name).search"
        let identifier = Identifier(
            system: patientSystem ?? "urn:imaging-gateway:check", value: "imaging-gateway-check-\(randomUUID())")
        do throws(AdapterError) {
            let found = try await server.patients(identifier: identifier)
            guard found.isEmpty else {
                return [
                    checks.problem(
                        "search", .searchUnfiltered, "the EHR found a patient with an identifier that cannot exist",
                        remedy: "ask its operator to index Patient.identifier")
                ]
            }
            return [.ok(name, "may search for patients (POST _search, an identifier that cannot exist: nobody found)")]
        } catch {
            return [checks.words.item(name, error)]
        }
    }

    // MARK: - Write

    private func write(_ capabilities: ServerCapabilities?) async -> [CheckItem] {
        let name = "\(server.name).write"
        var items: [CheckItem] = []
        if let missing = capabilities?.missingWrites, !missing.isEmpty {
            items.append(
                checks.warning(
                    "claims", .writeNotClaimed, "the server does not claim \(missing.joined(separator: ", "))",
                    remedy: "ask its operator whether reports can be written"))
        } else if capabilities != nil {
            items.append(
                .ok(
                    "\(server.name).claims",
                    "claims nothing less than reports need"))
        }
        guard let device else {
            items.append(checks.skipped("write", .writeNotTried, whyNotTried))
            return items
        }
        do throws(AdapterError) {
            let answer = try await server.submit(device)
            let isNew = answer.entries.first?.response?.statusCode == 201
            let words =
                isNew
                ? "our account created the gateway's Device in a transaction, as each report does"
                : "our account may post transactions; the gateway's Device was there already"
            items.append(.ok(name, "\(words); that it may write reports is claimed, not proved"))
        } catch {
            items.append(checks.words.item(name, error))
        }
        return items
    }
}
