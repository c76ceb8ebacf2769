import DICOM
import FHIR
import HL7v2
import JSON
import Mapping
import Matching
import SecondOpinion

extension KnownIdentity {
    /// What order and EHR tell of the patient: everything of it is looked for in the copy's bytes.
    init(_ context: MatchedContext) throws(SecondOpinionError) {
        self.init()
        try add(context.order)
        for identifier in context.formerPatient { try add(identifier: identifier.value) }
        try add(context.patient)
        try add(names: [context.study.patientName].compactMap(\.self))
        for number in [context.study.patientID, context.study.accessionNumber].compactMap(\.self) {
            try add(identifier: number)
        }
        for date in [context.study.patientBirthDate, context.study.studyDate].compactMap(\.self) { try add(date: date) }
        try add(uid: context.study.studyInstanceUID.value)
    }

    private mutating func add(_ order: ImagingOrder) throws(SecondOpinionError) {
        for identifier in order.patient + order.identity.keys.map(\.identifier) {
            try add(identifier: identifier.value)
        }
        if let number = order.requestedProcedureID { try add(identifier: number) }
        if let name = order.patientName {
            let parts = [name.family, name.given, name.middle].compactMap(\.self)
            try add(names: parts.isEmpty ? [] : [parts.joined(separator: "^")])
        }
        if let birth = order.birthDate { try add(date: birth.description.filter(\.isNumber)) }
        if let study = order.studyInstanceUID { try add(uid: study.value) }
    }

    private mutating func add(_ patient: Patient) throws(SecondOpinionError) {
        for name in patient.names {
            let parts = [name.family].compactMap(\.self) + name.given
            try add(names: ([parts.joined(separator: "^")] + [name.text].compactMap(\.self)).filter { !$0.isEmpty })
        }
        if let birth = patient.birthDate { try add(date: birth.filter(\.isNumber)) }
        for identifier in patient.elements["identifier"]?.array ?? [] {
            if let value = identifier["value"]?.string { try add(identifier: value) }
        }
        for contact in patient.elements["telecom"]?.array ?? [] {
            if let value = contact["value"]?.string { try add(text: value) }
        }
        for address in patient.elements["address"]?.array ?? [] {
            let lines = (address["line"]?.array ?? []).compactMap(\.string)
            for text in lines + [address["text"]?.string].compactMap(\.self) { try add(text: text) }
        }
    }

    private mutating func add(names: [String]) throws(SecondOpinionError) {
        for name in names { try add(name: name) }
    }
}
