/// The layers of `docs/develop/architecture.md`: a target imports from lower layers, and within its own layer only
/// along the arrows named here.
struct LayerTable {
    struct Entry {
        let layer: Int
        /// Targets of the same layer that this one may import.
        var arrows: Set<String> = []
        /// Modules from outside the package that this target may import, beside those that everybody may.
        var outside: Set<String> = []
    }

    static let swiftNIO: Set<String> = [
        "NIOCore", "NIOPosix", "NIOSSL", "NIOFoundationCompat", "NIOConcurrencyHelpers",
    ]
    static let web: Set<String> = ["Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HTTPTypes"]

    /// No layer is closed to these; what layers 1 and 2 may not do with them is another test's business.
    static let everybody: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization",
    ]

    let entries: [String: Entry] = [
        "CDCMTK": Entry(layer: 0), "CLibXML2": Entry(layer: 0), "CPNG": Entry(layer: 0),
        "COpenSSL": Entry(layer: 0), "CConvolution": Entry(layer: 0),
        "COpenJPEG": Entry(layer: 0), "CTesseract": Entry(layer: 0), "CConfinement": Entry(layer: 0),

        "ConvolutionBaseline": Entry(layer: 1),
        "ConvolutionAVX2": Entry(layer: 1),
        "ConvolutionAVX512": Entry(layer: 1),

        "JSON": Entry(layer: 1),
        "HL7v2": Entry(layer: 1),
        "FHIR": Entry(layer: 1, arrows: ["JSON"]),
        "DICOM": Entry(layer: 1, arrows: ["JSON"]),
        "MerkleLog": Entry(layer: 1, outside: ["Crypto"]),
        "Sealing": Entry(layer: 1, outside: ["Crypto"]),

        "Mapping": Entry(layer: 2, outside: ["Yams"]),
        "Matching": Entry(layer: 2, arrows: ["Mapping"]),
        "SecondOpinion": Entry(layer: 2),
        "TextDetection": Entry(layer: 2),
        "Deidentification": Entry(layer: 2, arrows: ["Mapping", "SecondOpinion"]),
        "MessageDeidentification": Entry(layer: 2, arrows: ["Mapping", "SecondOpinion", "Deidentification"]),
        "ImageClassifier": Entry(layer: 2, arrows: ["Deidentification"]),
        "Reporting": Entry(layer: 2, arrows: ["Mapping", "Matching", "ImageClassifier"]),
        "Audit": Entry(layer: 2),
        "DICOMAudit": Entry(layer: 2, arrows: ["Audit"]),
        "Evaluation": Entry(layer: 2),

        "Workflow": Entry(layer: 3, outside: ["Logging"]),

        "MLLP": Entry(layer: 4, outside: swiftNIO.union(["Logging", "NIOTLS"])),
        "OutboundHTTP": Entry(layer: 4, outside: swiftNIO.union(["Logging", "AsyncHTTPClient", "NIOHTTP1", "NIOTLS"])),
        "FHIRClient": Entry(layer: 4, arrows: ["OutboundHTTP"]),
        "DICOMweb": Entry(layer: 4, arrows: ["OutboundHTTP"]),
        "DecodeWorker": Entry(layer: 4),
        "FileDeidentification": Entry(layer: 4),
        "AuditFeed": Entry(layer: 4, arrows: ["OutboundHTTP"], outside: swiftNIO.union(["Logging"])),
        "Persistence": Entry(layer: 4, outside: ["GRDB", "Dispatch"]),

        "Gateway": Entry(
            layer: 5, outside: swiftNIO.union(web).union(["Logging", "ServiceLifecycle", "UnixSignals", "Yams"])),

        "Sandbox": Entry(layer: 6, outside: swiftNIO.union(web).union(["Logging"])),
        "audit-verifier": Entry(layer: 6),
        "imaging-gateway": Entry(
            layer: 6, arrows: ["Sandbox"], outside: ["ArgumentParser", "Logging", "UnixSignals"]),
    ]

    var names: Set<String> { Set(entries.keys) }

    /// Why `target` may not import `module`; nil where it may.
    func objection(_ target: String, imports module: String) -> String? {
        guard let entry = entries[target] else { return "\(target) is not in the table of layers" }
        guard let imported = entries[module] else {
            return Self.everybody.contains(module) || entry.outside.contains(module)
                ? nil : "\(target) (layer \(entry.layer)) may not import \(module)"
        }
        if imported.layer < entry.layer || entry.arrows.contains(module) { return nil }
        return "\(target) (layer \(entry.layer)) may not import \(module) (layer \(imported.layer))"
    }
}
