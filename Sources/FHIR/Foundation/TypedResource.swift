public import JSON

/// One resource: a thin view of its JSON. What the view does not know stays in `json` and is written back unchanged.
public protocol TypedResource: ElementValue, Equatable, Redacted {
    /// The name of the resource type in R4.
    static var resourceType: String { get }
    /// Every element of the resource, known or not, `resourceType` among them.
    var elements: JSONObject { get set }
    /// Takes the elements as they are; `init(_:)` checks the type.
    init(unchecked elements: JSONObject)
}

extension TypedResource {
    /// Takes a resource read from a peer.
    ///
    /// - Throws: `FHIRError` `notAResource` or `wrongResourceType`.
    public init(_ json: JSONValue) throws(FHIRError) {
        guard let elements = json.object, let type = elements["resourceType"]?.string else {
            throw FHIRError(code: .notAResource, element: Self.resourceType)
        }
        guard type == Self.resourceType else {
            throw FHIRError(code: .wrongResourceType, element: Self.resourceType)
        }
        self.init(unchecked: elements)
    }

    /// Makes a new resource of the elements that say something.
    public init(elements: KeyValuePairs<String, (any ElementValue)?>) {
        var all: JSONObject = ["resourceType": .string(Self.resourceType)]
        for (name, value) in JSONObject(elements: elements) { all[name] = value }
        self.init(unchecked: all)
    }

    /// The whole resource.
    public var json: JSONValue { .object(elements) }

    /// The logical id on its server.
    public var id: String? { elements["id"]?.string }

    /// The version on its server, for `If-Match: W/"…"`.
    public var versionId: String? { elements["meta"]?["versionId"]?.string }

    /// When the server last changed it.
    public var lastUpdated: String? { elements["meta"]?["lastUpdated"]?.string }

    /// Business identifiers; those without a value are left out.
    public var identifiers: [Identifier] { list("identifier", Identifier.init(json:)) }

    /// `Type/id`, when it has an id.
    public var relativeReference: Reference? { id.map { Reference(type: Self.resourceType, id: $0) } }

    /// The identifier's value in one system; nil when there is none or more than one.
    public func identifier(in system: String) -> String? {
        let values = Set(identifiers.filter { $0.system == system }.map(\.value))
        return values.count == 1 ? values.first : nil
    }

    func text(_ name: String) -> String? { elements[name]?.string }

    func list<Value>(_ name: String, _ make: (JSONValue) -> Value?) -> [Value] {
        elements[name]?.elements.compactMap(make) ?? []
    }

    func one<Value>(_ name: String, _ make: (JSONValue) -> Value?) -> Value? { elements[name].flatMap(make) }
}

/// A resource of any type.
public struct Resource: ElementValue, Equatable, Redacted {
    /// Every element.
    public var elements: JSONObject

    /// - Throws: `FHIRError` `notAResource` when there is no `resourceType`.
    public init(_ json: JSONValue) throws(FHIRError) {
        guard let elements = json.object, elements["resourceType"]?.string != nil else {
            throw FHIRError(code: .notAResource, element: "resourceType")
        }
        self.elements = elements
    }

    public init(_ resource: some TypedResource) { elements = resource.elements }

    public var json: JSONValue { .object(elements) }
    public var resourceType: String { elements["resourceType"]?.string ?? "" }
    public var id: String? { elements["id"]?.string }
    public var versionId: String? { elements["meta"]?["versionId"]?.string }

    /// The typed view, when the type is that one.
    public func `as`<Typed: TypedResource>(_ type: Typed.Type) -> Typed? {
        resourceType == Typed.resourceType ? Typed(unchecked: elements) : nil
    }
}

/// The grammar of `id` (R4 §2.24.0.1): 1 to 64 letters, digits, hyphens and points.
public func isValidID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
}
