/// What happened. The raw values stand in leaves and never change; new ones may be added.
public enum AuditEventType: String, Sendable, Hashable, CaseIterable {
    /// A message or event arrived from a peer.
    case orderReceived = "order.received"
    /// An order was stored or changed by a message.
    case orderAccepted = "order.accepted"
    /// The peer got its answer; the code is a detail.
    case orderAcknowledged = "order.acknowledged"
    /// No model takes the order.
    case orderNotApplicable = "order.notApplicable"
    /// An order went from one state to another.
    case orderState = "order.state"
    /// An operator asked for another run.
    case orderRetry = "order.retry"
    /// An operator closed a parked order.
    case orderResolve = "order.resolve"
    /// An operator released results that were held back.
    case orderRelease = "order.release"
    /// An operator looked at orders.
    case orderRead = "order.read"
    /// Bytes that are no message were kept.
    case messageKept = "message.kept"
    /// An ImagingStudy or another notice of a study arrived.
    case studyNotice = "study.notice"
    /// A Patient was looked for or read in the EHR.
    case patientRead = "patient.read"
    /// A ServiceRequest was looked for or read in the EHR.
    case serviceRequestRead = "serviceRequest.read"
    /// An ImagingStudy was looked for or read in the EHR.
    case imagingStudyRead = "imagingStudy.read"
    /// A study was looked for in an archive (QIDO-RS).
    case studyQuery = "study.query"
    /// Instances were retrieved from an archive (WADO-RS).
    case studyRetrieve = "study.retrieve"
    /// Order, study and EHR patient were compared.
    case studyMatch = "study.match"
    /// A study was de-identified.
    case studyDeidentify = "study.deidentify"
    /// A model looked at a de-identified study.
    case classify = "classify"
    /// A report was composed.
    case reportCompose = "report.compose"
    /// A report was posted to the EHR.
    case reportPost = "report.post"
    /// A report was read from the EHR.
    case reportRead = "report.read"
    /// A report that went out is withdrawn in the EHR.
    case reportWithdraw = "report.withdraw"
    /// A result was sent to a destination that speaks HL7 v2 (ORU^R01).
    case resultSend = "result.send"
    /// Two patient identifiers were merged by a message; both are subjects, the surviving one first.
    case patientMerge = "patient.merge"
    /// A message changed what orders say of their patient.
    case patientUpdate = "patient.update"
    /// A connection was refused: TLS handshake, certificate or sender.
    case connectionRefused = "connection.refused"
    /// A listener refused a connection or a request.
    case listenerRefused = "listener.refused"
    /// The service started.
    case serviceStart = "service.start"
    /// The service stopped in good order.
    case serviceStop = "service.stop"
    /// Configuration was loaded; its digest is a detail.
    case configurationLoaded = "configuration.loaded"
    /// Configuration files were read again while running; digests are details, a failure kept what was there.
    case configurationReload = "configuration.reload"
    /// A model was loaded; id, version and digest are details.
    case modelLoaded = "model.loaded"
    /// A mapping was loaded; its digest is a detail.
    case mappingLoaded = "mapping.loaded"
    /// Somebody read the audit log.
    case auditRead = "audit.read"
    /// A checkpoint was signed and written.
    case checkpoint = "checkpoint"
    /// Keys were rotated.
    case keysRotate = "keys.rotate"
    /// Data keys of a patient were destroyed.
    case keysDestroy = "keys.destroy"
    /// A person began to work under an emergency; the code of the reason is a detail.
    case emergencyStart = "emergency.start"
    /// The emergency is over.
    case emergencyStop = "emergency.stop"
    /// Somebody asked for what his roles do not allow.
    case accessRefused = "access.refused"
    /// Records left the gateway as a signed bundle.
    case auditExport = "audit.export"
    /// An audit repository did not take records; they stay in the log and are sent again.
    case auditForwardFailed = "audit.forwardFailed"
    /// The wall clock and the monotonic clock parted.
    case clockStep = "clock.step"
    /// The log goes on after a restore that lost records, under its next origin: the first leaf of that origin.
    case logRestored = "log.restored"
    /// A backup was made.
    case backup = "backup"
    /// A backup was put back.
    case restore = "restore"
    /// Bodies of old records were destroyed by the retention policy; the leaves stay.
    case bodiesExpired = "audit.expired"
    /// Old leaves were moved to a segment.
    case segmentArchived = "audit.archived"
    /// A legal hold was set.
    case holdSet = "hold.set"
    /// A legal hold was removed.
    case holdRemoved = "hold.removed"
    /// A certificate was loaded; name and fingerprint are details.
    case certificateLoaded = "certificate.loaded"
    /// Configuration was changed by a command.
    case configurationChanged = "configuration.changed"
    /// A de-identified study was sent to a research archive (STOW-RS).
    case studyExport = "study.export"
    /// An export went from one state to another.
    case exportState = "export.state"
    /// An operator looked at exports.
    case exportRead = "export.read"
    /// An operator asked for another try of an export.
    case exportRetry = "export.retry"
    /// An operator discarded an export.
    case exportDiscard = "export.discard"
    /// Somebody de-identified files by the command.
    case deidentifyExport = "deidentify.run"
    /// Somebody had a de-identified file led back to its patient by the command.
    case deidentifyReverse = "deidentify.reverse"
    /// Somebody had files classified by the command.
    case classifyRun = "classify.run"
}
