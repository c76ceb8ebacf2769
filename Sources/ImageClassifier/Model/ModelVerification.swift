/// Every check of a model folder with its result: what `model verify` shows.
public struct ModelVerification: Sendable {
    /// One check.
    public struct Item: Sendable, Equatable {
        /// How a check ended.
        public enum Status: String, Sendable, Equatable {
            case ok, problem, skipped
        }

        /// A stable name.
        public let name: String
        public let status: Status
        /// What is wrong; nil unless it is a problem.
        public let error: ClassifierError?
        /// What was found, or why it was not looked at.
        public let detail: String
    }

    /// In the order in which the gateway's start makes them, then the self-test.
    public let items: [Item]
    /// The model; nil where the gateway would not start with it.
    public let model: ModelBundle?

    /// Looks at everything in a folder; never throws, for whatever is wrong is an item.
    ///
    /// - Parameters:
    ///   - expectedSHA256: SHA-256 of the weights from another source than the folder.
    ///   - descriptionSHA256: that of `model.json`.
    public init(folder: String, expectedSHA256: String? = nil, descriptionSHA256: String? = nil) {
        let files = ModelFiles(folder: folder)
        let pins = ModelPins(weights: expectedSHA256, description: descriptionSHA256)
        var assembly = ModelAssembly(files, pins: pins)
        var items: [Item] = []
        for check in ModelAssembly.Check.allCases {
            do throws(ClassifierError) {
                let isMade = try assembly.perform(check)
                items.append(
                    Item(
                        name: check.rawValue, status: isMade ? .ok : .skipped, error: nil,
                        detail: isMade ? "" : "not looked at, for what it needs is wrong"))
            } catch {
                items.append(Item(name: check.rawValue, status: .problem, error: error, detail: error.place ?? ""))
            }
        }
        let isSound = items.allSatisfy { $0.status == .ok }
        let model = isSound ? assembly.bundle() : nil
        items.append(Self.selfTest(files, of: model))
        self.items = items
        self.model = model
    }

    private static func selfTest(_ files: ModelFiles, of model: ModelBundle?) -> Item {
        let name = "selfTest"
        guard let bytes = files.selfTest else {
            return Item(name: name, status: .skipped, error: nil, detail: "the folder has no selftest.json")
        }
        guard let model else {
            return Item(name: name, status: .skipped, error: nil, detail: "not run, for the model cannot be used")
        }
        do throws(ClassifierError) {
            let test = try SelfTest(parsing: bytes)
            try model.run(test)
            return Item(name: name, status: .ok, error: nil, detail: "\(test.cases.count) images, the same bits")
        } catch {
            return Item(name: name, status: .problem, error: error, detail: error.place ?? "")
        }
    }
}

extension ModelBundle {
    /// A `selftest.json` that says what this model gives on this machine. Throws `selfTestFailed` where an image of the
    /// formula cannot be scored.
    public func selfTest() throws(ClassifierError) -> [UInt8] {
        try SelfTest.file(of: SelfTest.drawn, for: self)
    }
}
