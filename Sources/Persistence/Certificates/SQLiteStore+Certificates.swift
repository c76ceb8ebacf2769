public import Workflow

extension SQLiteStore {
    public func keep(_ certificate: StoredCertificate) async throws(AdapterError) {
        try await change { try $0.add(certificate) }
    }

    public func certificates(of order: OrderID) async throws(AdapterError) -> [StoredCertificate] {
        try await read { try $0.certificates(of: order) }
    }
}
