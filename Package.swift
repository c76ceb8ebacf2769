// swift-tools-version: 6.2
import PackageDescription

// One list of settings for every Swift target: Swift 6 mode, warnings are errors, memory safety is explicit.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// Targets that work through whole images or files are optimised in debug builds too: the tests run the real product on
/// real radiographs, and there is one build for both.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A target of one of the layers of `docs/develop/architecture.md`; `Tests/ArchitectureTests` checks the arrows.
func layer(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
    exclude: [String] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: strict + settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [],
    exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

let native: [Target] = [
    .target(
        name: "CDCMTK",
        linkerSettings: ["dcmjpeg", "dcmjpls", "dcmimage", "dcmimgle", "dcmdata", "oflog", "ofstd", "z"].map {
            .linkedLibrary($0)
        }),
    .target(
        name: "CLibXML2", cSettings: [.unsafeFlags(["-I/usr/include/libxml2"])],
        linkerSettings: [.linkedLibrary("xml2")]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CConvolution"),
    .target(
        name: "COpenJPEG", cSettings: [.unsafeFlags(["-I/usr/include/openjpeg-2.5"])],
        linkerSettings: [.linkedLibrary("openjp2")]),
    .target(name: "CConfinement"),
    // Finds the library when it is first asked, so that only who looks for text needs it.
    .target(name: "CTesseract", linkerSettings: [.linkedLibrary("dl")]),
]

/// The instructions of a kernel target; nothing elsewhere, where its source falls back to what every processor has.
func instructions(_ define: String, _ features: [String]) -> [SwiftSetting] {
    #if arch(x86_64)
    [.define(define), .unsafeFlags(features.flatMap { ["-Xcc", "-m\($0)"] })]
    #else
    []
    #endif
}

/// One source in several instruction sets, chosen at run time (`docs/integrate/model-operations.md`).
let kernels: [Target] = [
    layer("ConvolutionBaseline", ["CConvolution"], settings: optimised),
    layer(
        "ConvolutionAVX2", ["CConvolution"],
        settings: optimised + instructions("CONVOLUTION_AVX2", ["avx2", "fma"])),
    layer(
        "ConvolutionAVX512", ["CConvolution"],
        settings: optimised
            + instructions("CONVOLUTION_AVX512", ["avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl"])),
]

let standards: [Target] = [
    layer("JSON", settings: optimised),
    layer("HL7v2", ["CLibXML2"], settings: optimised),
    layer("FHIR", ["JSON"]),
    layer("DICOM", ["JSON", "CDCMTK", "COpenJPEG"], resources: [.copy("Dictionary")], settings: optimised),
    layer("MerkleLog", [crypto], settings: optimised),
    layer("Sealing", [crypto], settings: optimised),
]

let rules: [Target] = [
    layer("Mapping", ["JSON", "HL7v2", "FHIR", "DICOM", yams]),
    layer("Matching", ["Mapping", "FHIR", "DICOM"]),
    layer("SecondOpinion", settings: optimised),
    layer("TextDetection", ["DICOM", "CTesseract"], settings: optimised),
    layer(
        "Deidentification", ["JSON", "DICOM", "Sealing", "Mapping", "SecondOpinion", "COpenSSL"],
        resources: [.copy("Profile/Tables")], settings: optimised),
    layer(
        "MessageDeidentification",
        ["JSON", "HL7v2", "FHIR", "Sealing", "Mapping", "SecondOpinion", "Deidentification"],
        resources: [.copy("Rules")], settings: optimised),
    layer(
        "ImageClassifier",
        [
            "JSON", "DICOM", "Sealing", "Deidentification", "CConvolution", "ConvolutionBaseline", "ConvolutionAVX2",
            "ConvolutionAVX512",
        ], resources: [.copy("Models")],
        exclude: ["Training"], settings: optimised),
    layer(
        "Reporting",
        [
            "JSON", "HL7v2", "FHIR", "DICOM", "Sealing", "Mapping", "Matching", "ImageClassifier", "CPNG", "CLibXML2",
        ],
        settings: optimised),
    layer("Audit", ["JSON", "FHIR", "MerkleLog", "Sealing"], settings: optimised),
    layer("Evaluation", ["JSON"], settings: optimised),
    layer("DICOMAudit", ["Audit", "FHIR", "CLibXML2"], resources: [.copy("Grammar")]),
]

let application: [Target] = [
    layer(
        "Workflow",
        [
            "JSON", "HL7v2", "FHIR", "DICOM", "Sealing", "Mapping", "Matching", "Deidentification",
            "ImageClassifier", "Reporting", "Audit", "SecondOpinion", log,
        ])
]

let adapters: [Target] = [
    layer("MLLP", nio + [nioSSL, log, .product(name: "NIOTLS", package: "swift-nio")], settings: optimised),
    layer(
        "OutboundHTTP",
        nio + [
            nioSSL, log, "Workflow", .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOTLS", package: "swift-nio"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
        ]),
    layer("FHIRClient", ["OutboundHTTP", "Workflow", "JSON", "FHIR", "DICOM"]),
    layer("DICOMweb", ["OutboundHTTP", "Workflow", "JSON", "DICOM"]),
    layer("DecodeWorker", ["DICOM", "TextDetection", "CConfinement"], settings: optimised),
    layer(
        "FileDeidentification",
        [
            "JSON", "HL7v2", "FHIR", "DICOM", "Sealing", "SecondOpinion", "Deidentification",
            "MessageDeidentification",
        ], settings: optimised),
    layer(
        "AuditFeed",
        nio + [
            nioSSL, log, "OutboundHTTP", "Workflow", "JSON", "FHIR", "MerkleLog", "Sealing", "Audit", "DICOMAudit",
            "COpenSSL",
        ]),
    layer(
        "Persistence",
        [
            "Workflow", "JSON", "FHIR", "Sealing", "MerkleLog", "Audit", "Mapping",
            .product(name: "GRDB", package: "GRDB.swift"),
        ]),
]

let surface: [Target] = [
    layer(
        "Gateway",
        nio + [
            nioSSL, log, lifecycle, yams, "MLLP", "OutboundHTTP", "FHIRClient", "DICOMweb", "Persistence",
            "Workflow", "JSON", "HL7v2", "FHIR", "DICOM", "MerkleLog", "Sealing", "Mapping", "Matching",
            "Deidentification", "ImageClassifier", "Reporting", "Audit", "DICOMAudit", "AuditFeed", "COpenSSL",
            "DecodeWorker", "TextDetection", "SecondOpinion",
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"),
        ])
]

let programs: [Target] = [
    layer(
        "Sandbox",
        nio + [
            nioSSL, log, "MLLP", "OutboundHTTP", "JSON", "HL7v2", "FHIR", "DICOM",
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"),
        ], settings: optimised),
    .executableTarget(
        name: "imaging-gateway",
        dependencies: [
            "Sandbox", "Gateway", "Persistence", "OutboundHTTP", "Workflow", "JSON", "FHIR", "DICOM", "MerkleLog",
            "Sealing", "Mapping", "Deidentification", "ImageClassifier", "Reporting", "Audit", "Evaluation", "CPNG",
            "SecondOpinion", "TextDetection", "DecodeWorker", "MessageDeidentification", "FileDeidentification",
            "HL7v2",
            log,
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Sources/imaging-gateway", swiftSettings: strict),
    // For the auditor's own machine: no store, no network, no DICOM.
    .executableTarget(
        name: "audit-verifier", dependencies: ["Audit", "MerkleLog", "Sealing", "JSON"], path: "Sources/audit-verifier",
        swiftSettings: strict),
]

let allTests: [Target] = [
    tests("ArchitectureTests", []),
    tests("JSONTests", ["JSON"]),
    tests("HL7v2Tests", ["HL7v2"], resources: [.copy("Vectors")]),
    tests("FHIRTests", ["FHIR", "JSON"]),
    tests(
        "DICOMTests", ["DICOM", "JSON", "Sealing"], resources: [.copy("Vectors")], exclude: ["Encoding/FailCases"]),
    tests("MerkleLogTests", ["MerkleLog"], resources: [.copy("Vectors")]),
    tests("SealingTests", ["Sealing"]),
    tests("MappingTests", ["Mapping", "HL7v2", "FHIR", "DICOM", "JSON"]),
    tests("MatchingTests", ["Matching", "Mapping", "FHIR", "DICOM", "JSON"]),
    tests(
        "DeidentificationTests",
        ["Deidentification", "DICOM", "Sealing", "JSON", "SecondOpinion", "Mapping"]),
    tests("SecondOpinionTests", ["SecondOpinion", "Deidentification", "DICOM", "Sealing"]),
    tests("TextDetectionTests", ["TextDetection", "DICOM"]),
    tests("DecodeWorkerTests", ["DecodeWorker", "TextDetection", "DICOM"]),
    tests(
        "MessageDeidentificationTests",
        ["MessageDeidentification", "Deidentification", "SecondOpinion", "HL7v2", "FHIR", "JSON", "Sealing"]),
    tests(
        "FileDeidentificationTests",
        [
            "FileDeidentification", "MessageDeidentification", "Deidentification", "SecondOpinion", "DICOM", "JSON",
            "Sealing",
        ]),
    tests(
        "ImageClassifierTests", ["ImageClassifier", "Deidentification", "DICOM", "JSON", "Sealing"],
        resources: [.copy("Vectors")]),
    tests(
        "ReportingTests",
        ["Reporting", "HL7v2", "FHIR", "JSON", "DICOM", "Sealing", "Mapping", "Matching", "ImageClassifier"],
        exclude: ["Validation"]),
    tests("AuditTests", ["Audit", "FHIR", "JSON", "MerkleLog", "Sealing"]),
    tests(
        "WorkflowTests",
        [
            "Workflow", "Persistence", "Audit", "MerkleLog", "Sealing", "JSON", "HL7v2", "FHIR", "DICOM", "Mapping",
            "Matching", "Deidentification", "ImageClassifier", "Reporting", "SecondOpinion",
        ]),
    tests(
        "MLLPTests",
        nio + [
            nioSSL, "MLLP", .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOTLS", package: "swift-nio"),
        ]),
    tests("OutboundHTTPTests", nio + [nioSSL, "OutboundHTTP", "Workflow"]),
    tests(
        "DICOMwebTests",
        nio + [nioSSL, "DICOMweb", "OutboundHTTP", "DICOM", "Workflow", "Deidentification", "Sealing"],
        exclude: ["Multipart/FailCases"]),
    tests("FHIRClientTests", nio + [nioSSL, "FHIRClient", "OutboundHTTP", "FHIR", "DICOM", "JSON", "Workflow"]),
    tests(
        "PersistenceTests",
        [
            "Persistence", "Workflow", "Audit", "FHIR", "Sealing", "MerkleLog", "Mapping",
            .product(name: "GRDB", package: "GRDB.swift"),
        ]),
    tests(
        "GatewayTests",
        [
            "Gateway", "Persistence", "Workflow", "Audit", "Mapping", "MerkleLog", "Sealing", "JSON", "HL7v2", "FHIR",
            "ImageClassifier", "OutboundHTTP", log,
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTesting", package: "hummingbird"),
        ]),
    tests(
        "AuditFeedTests",
        nio + [
            nioSSL, "AuditFeed", "OutboundHTTP", "Workflow", "Audit", "DICOMAudit", "MerkleLog", "FHIR", "JSON",
            "COpenSSL",
            "Persistence", "Sealing",
        ]),
    tests("EvaluationTests", ["Evaluation", "JSON"], resources: [.copy("Vectors")]),
    tests("DICOMAuditTests", ["DICOMAudit", "Audit", "FHIR"]),
    tests("SandboxTests", nio + ["Sandbox", "JSON", "HL7v2", "FHIR", "DICOM"]),
]

/// `IMAGING_GATEWAY_TESTS=AuditTests,PersistenceTests` builds these alone, for short ways while one part is worked on.
let testTargets = allTests.filter { target in
    guard let names = Context.environment["IMAGING_GATEWAY_TESTS"]?.split(separator: ",") else { return true }
    return names.contains { $0 == target.name }
}

/// Programs that only measure join when they are asked for.
let benchmarks: [Target] =
    Context.environment["IMAGING_GATEWAY_BENCHMARKS"] == nil
    ? []
    : [
        .executableTarget(
            name: "hl7-parse", dependencies: ["HL7v2"], path: "Tests/Benchmarks/HL7v2Parse", exclude: ["paths.txt"],
            swiftSettings: strict),
        // Holds links to the sources of the inference, which are no API: the very code is timed, and nothing else.
        .executableTarget(
            name: "network-forward",
            dependencies: ["JSON", "CConvolution", "ConvolutionBaseline", "ConvolutionAVX2", "ConvolutionAVX512"],
            path: "Tests/Benchmarks/NetworkForward", swiftSettings: strict),
        .executableTarget(
            name: "audit-verify", dependencies: ["Audit", "FHIR", "MerkleLog", "Sealing"],
            path: "Tests/Benchmarks/AuditVerify", swiftSettings: strict),
        .executableTarget(
            name: "decode-frames", dependencies: ["DICOM", "DecodeWorker"], path: "Tests/Benchmarks/DecodeFrames",
            swiftSettings: strict),
    ]

let package = Package(
    name: "imaging-gateway",
    products: [
        .executable(name: "imaging-gateway", targets: ["imaging-gateway"]),
        .executable(name: "audit-verifier", targets: ["audit-verifier"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: native + kernels + standards + rules + application + adapters + surface + programs + testTargets
        + benchmarks,
    cxxLanguageStandard: .cxx17
)
