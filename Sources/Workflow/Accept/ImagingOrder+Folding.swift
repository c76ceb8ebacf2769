import Mapping

extension ImagingOrder {
    /// ORC-9.
    var version: Timestamp? { transactionTime.map { Timestamp(microseconds: $0.microseconds) } }

    /// Whether both speak of one patient, or one of them of none.
    func isSamePatient(as other: ImagingOrder) -> Bool {
        patient.isEmpty || other.patient.isEmpty || patient == other.patient
            || patient.contains { one in other.patient.contains { one.isSame(as: $0) } }
    }

    /// Whether both name their patient by the same assigner.
    func sharesPatientAssigner(with other: ImagingOrder) -> Bool {
        patient.contains { one in
            one.assigner != nil && other.patient.contains { $0.assigner == one.assigner }
        }
    }

    /// This order, with the numbers and the study of `other` where it has none of its own and does not delete them.
    func completed(with other: ImagingOrder) -> ImagingOrder {
        guard isSamePatient(as: other) else { return self }
        var order = self
        order.identity = OrderIdentity(keys: identity.keys + other.identity.keys)
        if !cleared.contains(OrderField.studyInstanceUID.rawValue) {
            order.studyInstanceUID = studyInstanceUID ?? other.studyInstanceUID
        }
        return order
    }

    /// This order as `newer` says it is: what that does not say stays, what it deletes (`""`) goes. Somebody else's
    /// name is never kept.
    func updated(by newer: ImagingOrder) -> ImagingOrder {
        let isSame = isSamePatient(as: newer)
        func kept<Value>(_ field: OrderField, _ value: Value?, _ known: Value?) -> Value? {
            value ?? (newer.cleared.contains(field.rawValue) ? nil : known)
        }
        func person<Value>(_ field: OrderField, _ value: Value?, _ known: Value?) -> Value? {
            isSame ? kept(field, value, known) : value
        }
        var order = newer
        order.identity = OrderIdentity(keys: newer.identity.keys + identity.keys)
        if newer.patient.isEmpty { order.patient = patient }
        order.patientName = person(.patientName, newer.patientName, patientName)
        order.birthDate = person(.birthDate, newer.birthDate, birthDate)
        order.sex = person(.sex, newer.sex, sex)
        order.orderStatus = kept(.orderStatus, newer.orderStatus, orderStatus)
        order.procedureCode = kept(.procedureCode, newer.procedureCode, procedureCode)
        order.modality = kept(.modality, newer.modality, modality)
        order.bodyPart = kept(.bodyPart, newer.bodyPart, bodyPart)
        order.studyInstanceUID = kept(.studyInstanceUID, newer.studyInstanceUID, studyInstanceUID)
        order.scheduledTime = kept(.scheduledTime, newer.scheduledTime, scheduledTime)
        order.transactionTime = newer.transactionTime ?? transactionTime
        order.requestedProcedureID = kept(.requestedProcedureID, newer.requestedProcedureID, requestedProcedureID)
        order.priority = kept(.priority, newer.priority, priority)
        return order
    }

    /// Whether both are the same but for the message they were read from.
    func isSame(as other: ImagingOrder) -> Bool {
        var order = self
        order.orderControl = other.orderControl
        order.cleared = other.cleared
        order.source = other.source
        order.messageControlID = other.messageControlID
        order.mappingVersion = other.mappingVersion
        return order == other
    }

    /// Whether a report of this order would say the same as one of `other`.
    ///
    /// - Parameter isPlanned: Whether it also matters when the exam is planned: images are still waited for.
    func says(sameAs other: ImagingOrder, isPlanned: Bool) -> Bool {
        identity == other.identity && patient == other.patient && patientName == other.patientName
            && birthDate == other.birthDate && sex == other.sex && procedureCode == other.procedureCode
            && modality == other.modality && bodyPart == other.bodyPart
            && studyInstanceUID == other.studyInstanceUID && requestedProcedureID == other.requestedProcedureID
            && (!isPlanned || scheduledTime == other.scheduledTime)
    }
}
