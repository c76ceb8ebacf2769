import DICOM
import Foundation
import Testing

@testable import Deidentification
@testable import ImageClassifier

/// Real DICOM files of ../shared (or of the folder IMAGING_GATEWAY_SHARED); none of them is of a child's chest.
@Suite struct `Real files out of scope` {
    static let folder: URL = {
        let shared =
            ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")
        return shared.appending(path: "data/dicom-samples")
    }()

    static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    @Test(.enabled(if: isPresent, "../shared/data/dicom-samples is not here"))
    func `are refused, each with a reason, and never scored`() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "dcm" }
        let classifier = Classifier(model: try Bundled.model(), policy: ScopePolicy(missingAge: .caveat))
        var codes: [String: RefusalCode] = [:]
        for file in files {
            // What DICOM cannot read never comes as far as the classifier.
            guard let instance = try? Instance(parsing: [UInt8](try Data(contentsOf: file))),
                let uid = instance.studyInstanceUID
            else { continue }
            let study = Deidentified(Study(studyInstanceUID: uid, instances: [instance]))
            do {
                switch try classifier.classify(study, decoder: DCMTKFrameDecoder()) {
                case .finding: Issue.record("scored \(file.lastPathComponent)")
                case .refusal(let refusal): codes[file.lastPathComponent] = refusal.code
                }
            } catch let error as ClassifierError {
                #expect(error.code == .pixelDataUndecodable)
                // A file that has no pixels, made to show a character set.
                #expect(file.lastPathComponent == "chrJapMulti.dcm")
            }
        }
        #expect(codes.count >= 15)
        #expect(codes["chest_pa_cr_jpegls_mono1_15bit.dcm"] == .imageNotLikeTraining)
        #expect(codes["CT_small.dcm"] == .modalityNotSupported)
        #expect(Set(codes.values).count > 1, "\(codes)")
    }
}
