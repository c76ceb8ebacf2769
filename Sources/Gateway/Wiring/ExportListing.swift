import FHIR
public import JSON
public import Workflow

/// What `exports` shows of an export, for the operator's eyes.
public struct ExportListing: Sendable {
    public let job: ExportJob

    public init(_ job: ExportJob) { self.job = job }

    /// One line of the list: ids of the gateway, names of the configuration and codes; no UID of the hospital.
    public var summary: JSONValue {
        var object: JSONObject = [
            "id": .string(job.id.value), "order": .string(job.order.value), "archive": .string(job.destination),
            "state": .string(job.state.rawValue), "created": .string(text(job.created)),
            "updated": .string(text(job.updated)), "attempts": .number(JSONNumber(job.attempts)),
        ]
        if job.state == .pending { object["nextAttempt"] = .string(text(job.nextAttempt)) }
        object["code"] = job.code.map { .string($0) }
        object["remedy"] = job.remedy.map { .string($0) }
        return .object(object)
    }

    /// Everything, the Study Instance UIDs of original and copy included: they tell whose copy it is.
    public var details: JSONValue {
        guard case .object(var object) = summary else { return summary }
        object["studyInstanceUID"] = .string(job.content.study)
        object["profileDigest"] = .string(job.content.profileDigest)
        if let copy = job.content.copy {
            object["copy"] = [
                "isComplete": .bool(job.state == .sent), "studyInstanceUID": .string(copy.study),
                "certificateSHA256": .string(copy.certificate), "instances": .number(JSONNumber(copy.instances)),
                "leftOut": .number(JSONNumber(copy.leftOut)),
            ]
        }
        return .object(object)
    }

    private func text(_ moment: Timestamp) -> String {
        FHIRInstant(microsecondsSinceEpoch: moment.microseconds).text
    }
}

extension ExportJob {
    /// What a person can do about it, in one sentence; nil where nothing is to be done.
    public var remedy: String? {
        switch state {
        case .pending, .sent, .discarded: return nil
        case .quarantined: return quarantineRemedy
        case .failed:
            return code?.hasPrefix("\(destination).") == true
                ? "The research archive refused or was away for too long: see the code, correct it there, then retry."
                : "Something did not work, the code says what: correct it, then retry, or discard."
        }
    }

    private var quarantineRemedy: String {
        switch code {
        case "export.profileChanged":
            "Profile, pixel rules or masks are others than when the copy was decided: retry uses them as they are now, or discard."
        case "export.pixelsUnchecked", "deidentification.burnedInAnnotation", "deidentification.textDetected",
            "deidentification.textUnsure", "deidentification.textDetectionUnavailable",
            "deidentification.maskMissing", "deidentification.maskAmbiguous", "deidentification.maskSizeDiffers",
            "deidentification.maskRegionsUnusable":
            "Text may stand in the pixels: look at the images, add a mask for the device, then retry, or discard."
        case "export.studyGone", "export.noImages":
            "The archive has the study no more, or no images of it: find out why, then retry, or discard."
        case "deidentification.identifierRemains", "export.certificateHit":
            "The second opinion found something of the patient in the copy: report the code, then discard."
        default:
            "It is not certain that the copy may leave, the code says why: look into it, then retry, or discard."
        }
    }

    /// The job after an operator's `retry`, by the profile as it is now; nil where the command does not apply: what is
    /// sent or discarded stays so.
    public func retried(profileDigest: String?, now: Timestamp) -> ExportJob? {
        guard state == .quarantined || state == .failed || state == .pending else { return nil }
        var job = self
        job.state = .pending
        job.code = nil
        job.failures = 0
        // Something else may come out of it: it is certified anew.
        job.firstAttempt = nil
        job.content.profileDigest = profileDigest ?? job.content.profileDigest
        job.nextAttempt = now
        job.updated = now
        return job
    }

    /// The job after an operator's `discard`; nil where it is sent or discarded already.
    public func discarded(now: Timestamp) -> ExportJob? {
        guard state != .sent, state != .discarded else { return nil }
        var job = self
        job.state = .discarded
        job.code = "export.discarded"
        job.updated = now
        return job
    }
}
