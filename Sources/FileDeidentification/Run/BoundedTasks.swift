/// Runs `body` for each of `items`, at most `limit` at a time, in their order of starting. The first error ends all.
func inParallel<Item: Sendable>(
    _ items: some Sequence<Item>, atMost limit: Int, _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var running = 0
        for item in items {
            try Task.checkCancellation()
            if running >= max(limit, 1) {
                try await group.next()
                running -= 1
            }
            group.addTask { @concurrent in try await body(item) }
            running += 1
        }
        try await group.waitForAll()
    }
}
