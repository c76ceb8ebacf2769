import Foundation

/// A throw-away authority with one server and one client certificate, made by the openssl program.
struct TestCertificates {
    let folder: URL

    var authority: String { folder.appending(path: "ca.pem").path }
    var serverCertificate: String { folder.appending(path: "server.pem").path }
    var serverKey: String { folder.appending(path: "server.key").path }
    var clientCertificate: String { folder.appending(path: "client.pem").path }
    var clientKey: String { folder.appending(path: "client.key").path }
    /// A client certificate that ended yesterday.
    var expiredCertificate: String { folder.appending(path: "expired.pem").path }
    var expiredKey: String { folder.appending(path: "expired.key").path }
    /// A second server certificate of the same authority.
    var renewedCertificate: String { folder.appending(path: "renewed.pem").path }
    var renewedKey: String { folder.appending(path: "renewed.key").path }

    /// Makes the files for the time of `body`; nil, and no call, without openssl.
    static func with(_ body: (TestCertificates) async throws -> Void) async throws {
        guard let openssl = Partner.path(ofEnvironmentProgram: "openssl") else {
            return Partner.skipped("openssl", "install the package openssl")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = TestCertificates(folder: folder)
        try await made.authority(openssl)
        try await made.leaf(openssl, "server", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        try await made.leaf(openssl, "client", "subjectAltName=DNS:his.example\nextendedKeyUsage=clientAuth\n")
        try await made.leaf(openssl, "renewed", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        try await made.leaf(openssl, "expired", "extendedKeyUsage=clientAuth\n", days: -1)
        try await body(made)
    }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    private func authority(_ openssl: String) async throws {
        _ = try await Partner.run(
            openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=Test Authority", "-keyout", file("ca.key"), "-out", file("ca.pem"),
            ])
    }

    private func leaf(_ openssl: String, _ name: String, _ extensions: String, days: Int = 2) async throws {
        try Data(extensions.utf8).write(to: folder.appending(path: "\(name).ext"))
        _ = try await Partner.run(
            openssl,
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/O=Test/CN=\(name).example", "-keyout", file("\(name).key"), "-out", file("\(name).csr"),
            ])
        _ = try await Partner.run(
            openssl,
            [
                "x509", "-req", "-in", file("\(name).csr"), "-CA", file("ca.pem"), "-CAkey", file("ca.key"),
                "-CAcreateserial", "-days", "\(days)", "-extfile", file("\(name).ext"), "-out", file("\(name).pem"),
            ])
    }
}
