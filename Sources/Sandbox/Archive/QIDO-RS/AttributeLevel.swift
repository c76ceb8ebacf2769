import DICOM

/// Which attributes belong to a study or a series as a whole (PS3.3 §C.7.1 to C.7.3), and what a search shows of each
/// level without being asked (PS3.18 tables 10.6.3-3 to 10.6.3-5).
enum AttributeLevel {
    /// The highest level at which all instances below say the same.
    static func level(of tag: Tag) -> ArchiveLevel {
        if tag.group == 0x0010 || study.contains(tag) { return .study }
        return series.contains(tag) ? .series : .instance
    }

    /// Computed, not stored.
    static let availableTransferSyntaxUID = Tag(0x0008, 0x3002)
    static let sopClassesInStudy = Tag(0x0008, 0x0062)

    private static let study: Set<Tag> = [
        .specificCharacterSet, .studyDate, .studyTime, .accessionNumber, .issuerOfAccessionNumberSequence,
        .instanceAvailability, .modalitiesInStudy, sopClassesInStudy, .referringPhysicianName,
        .timezoneOffsetFromUTC, .studyDescription, .procedureCodeSequence, .retrieveURL, .referencedStudySequence,
        .studyInstanceUID, .studyID, .numberOfStudyRelatedSeries, .numberOfStudyRelatedInstances,
        // Physician(s) of Record, Name of Physician(s) Reading Study, Admitting Diagnoses Description
        Tag(0x0008, 0x1048), Tag(0x0008, 0x1060), Tag(0x0008, 0x1080),
    ]

    private static let series: Set<Tag> = [
        .seriesDate, .seriesTime, .modality, .presentationIntentType, .manufacturer, .institutionName,
        .institutionAddress, .stationName, .seriesDescription, .performingPhysicianName, .operatorsName,
        .manufacturerModelName, .referencedPerformedProcedureStepSequence, .bodyPartExamined, .deviceSerialNumber,
        .softwareVersions, .protocolName, .patientPosition, .seriesInstanceUID, .seriesNumber, .laterality,
        .frameOfReferenceUID, .numberOfSeriesRelatedInstances, .performedProcedureStepStartDate,
        .performedProcedureStepStartTime, .performedProcedureStepID, .performedProcedureStepDescription,
        .performedProtocolCodeSequence, .requestAttributesSequence,
        // Series Description Code Sequence, Performed Procedure Step End Date and Time
        Tag(0x0008, 0x103F), Tag(0x0040, 0x0250), Tag(0x0040, 0x0251),
    ]

    /// What a match shows with or without a value.
    static func shown(_ level: ArchiveLevel) -> [(Tag, VR)] {
        switch level {
        case .study:
            [
                (.studyDate, .DA), (.studyTime, .TM), (.accessionNumber, .SH), (.instanceAvailability, .CS),
                (.modalitiesInStudy, .CS), (.referringPhysicianName, .PN), (.retrieveURL, .UR), (.patientName, .PN),
                (.patientID, .LO), (.patientBirthDate, .DA), (.patientSex, .CS), (.studyInstanceUID, .UI),
                (.studyID, .SH), (.numberOfStudyRelatedSeries, .IS), (.numberOfStudyRelatedInstances, .IS),
            ]
        case .series:
            [
                (.modality, .CS), (.retrieveURL, .UR), (.seriesInstanceUID, .UI), (.seriesNumber, .IS),
                (.numberOfSeriesRelatedInstances, .IS),
            ]
        case .instance:
            [
                (.sopClassUID, .UI), (.sopInstanceUID, .UI), (.instanceAvailability, .CS), (.retrieveURL, .UR),
                (.instanceNumber, .IS),
            ]
        }
    }

    /// What a match shows where there is a value.
    static func shownIfKnown(_ level: ArchiveLevel) -> [Tag] {
        switch level {
        case .study: [.timezoneOffsetFromUTC]
        case .series:
            [
                .timezoneOffsetFromUTC, .seriesDescription, .performedProcedureStepStartDate,
                .performedProcedureStepStartTime, .requestAttributesSequence,
            ]
        case .instance: [.timezoneOffsetFromUTC, .rows, .columns, .bitsAllocated, .numberOfFrames]
        }
    }
}
