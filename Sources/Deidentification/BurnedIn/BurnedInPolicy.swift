public import DICOM

/// Rules, templates and the gate of a profile: decides from a header what must be done with the pixels.
public struct BurnedInPolicy: Sendable, Hashable {
    /// When pixels are searched.
    public let gate: TextGate
    /// Risk rules.
    public let rules: BurnedInRules
    /// Masks by device.
    public let templates: [MaskTemplate]
    /// SHA-256 (hexadecimal) of all three.
    public let digest: String

    /// A policy with the built-in rules unless others are given.
    public init(gate: TextGate, rules: BurnedInRules = .builtIn, templates: [MaskTemplate] = []) {
        self.gate = gate
        self.rules = rules
        self.templates = templates
        digest = Self.digest(gate, rules, templates)
    }

    /// What must happen to the pixels of an object with this original header.
    public func plan(for header: DataSet) -> BurnedInPlan {
        let demand = rules.demand(of: header)
        let declaration = header.string(.burnedInAnnotation)
        if demand == .refuse { return .decided(.quarantine(.refusedByRule)) }
        switch gate {
        case .never where demand > .pass: return .decided(.quarantine(.textRisk))
        case .never: return .decided(declaration == "NO" ? .declaredAbsent : .unchecked)
        case .risky where demand == .pass && declaration == "NO": return .decided(.declaredAbsent)
        case .risky, .always: break
        }
        do {
            let mask = try MaskTemplate.mask(for: header, of: templates)
            if mask == nil, demand == .mask { return .decided(.quarantine(.maskMissing)) }
            return .examine(mask: mask)
        } catch {
            return .decided(.quarantine(error))
        }
    }
}

/// What must happen to the pixels of one instance before it may leave.
public enum BurnedInPlan: Sendable, Hashable {
    /// The header decides.
    case decided(BurnedInVerdict)
    /// Every frame is decoded, masked where there is a mask, and searched.
    case examine(mask: PixelMask?)

    /// The verdict if every frame passes; what the header of the result is written for. A result whose frames do not
    /// pass is thrown away.
    public var expected: BurnedInVerdict {
        switch self {
        case .decided(let verdict): verdict
        case .examine(nil): .textFree
        case .examine(.some): .masked
        }
    }
}
