import Testing

@testable import AuditFeed

@Suite struct DeliveryProofTests {
    private func isProved(_ result: Result<Void, DeliveryProof.Failure>?) -> Bool? {
        switch result {
        case .success: true
        case .failure: false
        case nil: nil
        }
    }

    /// A proof after messages and the end of our stream, whose TLS record has 24 bytes.
    private var ended: DeliveryProof {
        var proof = DeliveryProof()
        proof.wrote(5_000)
        proof.beginClosing()
        proof.wrote(24)
        return proof
    }

    @Test func `An orderly end after ours, with every message acknowledged, proves it`() {
        for unacknowledged in [0, 1, 25] {
            var proof = ended
            #expect(isProved(proof.receiverEnded(unacknowledged: unacknowledged)) == true)
        }
    }

    @Test func `One unacknowledged byte of a message proves nothing, nor does not knowing`() {
        for unacknowledged in [26, 5_025, nil] {
            var proof = ended
            #expect(isProved(proof.receiverEnded(unacknowledged: unacknowledged)) == false)
        }
    }

    @Test func `A receiver that ends before us proves nothing`() {
        var proof = DeliveryProof()
        proof.wrote(5_000)
        #expect(isProved(proof.receiverEnded(unacknowledged: 0)) == false)
    }

    @Test func `What broke stays broken, what is proved stays proved`() {
        var broken = ended
        #expect(isProved(broken.failed(.reset)) == false)
        #expect(isProved(broken.receiverEnded(unacknowledged: 0)) == nil)
        var proved = ended
        #expect(isProved(proved.receiverEnded(unacknowledged: 0)) == true)
        #expect(isProved(proved.failed(.tls)) == nil)
    }
}
