import Sealing

enum KeyRingFixture {
    static func ring() throws -> KeyRing {
        try KeyRing.generate()
    }
}
