import Testing

@testable import Sealing

@Suite struct SealedRecordTests {
    let key = DataKey.random()
    let place = SealedContext(table: "orders", row: "7", column: "content")

    @Test func `A record is version, data key id, nonce, ciphertext and tag (design §5)`() throws {
        let sealed = try key.seal(Array("secret".utf8), context: place)
        #expect(sealed.count == 1 + 16 + 12 + 6 + 16)
        #expect(sealed[0] == 1)
        #expect(Array(sealed[1..<17]) == key.id.bytes)
        #expect(try SealedRecord.dataKeyID(of: sealed) == key.id)
        #expect(try key.open(sealed, context: place) == Array("secret".utf8))
    }

    @Test func `Equal plain texts give different records`() throws {
        #expect(try key.seal([1], context: place) != key.seal([1], context: place))
    }

    @Test(arguments: [
        SealedContext(table: "messages", row: "7", column: "content"),
        SealedContext(table: "orders", row: "8", column: "content"),
        SealedContext(table: "orders", row: "7", column: "state"),
        SealedContext(table: "orders7", row: "", column: "content"),
    ])
    func `A record moved to another table, row or column does not open`(other: SealedContext) throws {
        let sealed = try key.seal([1, 2, 3], context: place)
        #expect(throws: SealingError(.notAuthentic)) { try key.open(sealed, context: other) }
    }

    @Test func `No single altered bit and no shortened record opens`() throws {
        let sealed = try key.seal([1, 2, 3], context: place)
        for bit in 0..<(sealed.count * 8) {
            var altered = sealed
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SealingError.self) { try key.open(altered, context: place) }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealingError.self) { try key.open(Array(sealed.prefix(length)), context: place) }
        }
    }

    @Test func `A record of another data key is named as such`() throws {
        let sealed = try key.seal([1], context: place)
        #expect(throws: SealingError(.wrongDataKey, at: "record")) {
            try DataKey.random().open(sealed, context: place)
        }
    }
}
