import Foundation

/// A time-stamping authority that nobody here wrote: `openssl ts -reply` behind Python's HTTP server. Its mode says how
/// it misbehaves.
final class StampingAuthority {
    enum Mode: String {
        case right, wrongNonce, wrongDigest, rejected, expired, noUsage, wrongType
    }

    let port: Int
    let folder: String
    private let process = Process()

    /// The authority's certificate leads to this one.
    var authorities: String { "\(folder)/ca.pem" }
    /// A certificate that has nothing to do with it.
    var otherAuthorities: String { "\(folder)/other.pem" }

    init(_ mode: Mode) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tsa-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.script.write(toFile: "\(folder)/tsa.py", atomically: true, encoding: .utf8)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "\(folder)/tsa.py", folder, mode.rawValue]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It prints its port when it listens.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CocoaError(.executableLoad)
        }
        self.port = port
    }

    deinit {
        // The child inherits blocked signals from the thread that started it: SIGTERM would wait for ever.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let script = #"""
        import http.server, subprocess, sys, os

        folder, mode = sys.argv[1], sys.argv[2]
        os.chdir(folder)

        def openssl(*words, **more):
            return subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout

        def authority(name):
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".pem",
                    "-subj", "/CN=" + name, "-days", "30")

        authority("ca")
        authority("other")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
        usage = "clientAuth" if mode == "noUsage" else "timeStamping"
        open("tsa.ext", "w").write("extendedKeyUsage=critical," + ("timeStamping" if mode != "noUsage" else usage))
        if mode == "expired":
            open("index.txt", "w").close()
            open("ca.cnf", "w").write("""
        [ca]
        default_ca = d
        [d]
        database = ./index.txt
        serial = ./ca.srl
        rand_serial = yes
        new_certs_dir = .
        default_md = sha256
        policy = p
        [p]
        commonName = supplied
        """.replace("        ", ""))
            openssl("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "tsa.csr",
                    "-out", "tsa.pem", "-startdate", "20200101000000Z", "-enddate", "20200201000000Z",
                    "-extfile", "tsa.ext", "-notext")
        else:
            openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-days", "10", "-out", "tsa.pem", "-extfile", "tsa.ext")
        open("serial", "w").write("01")
        open("tsa.cnf", "w").write("""
        [tsa]
        default_tsa = t
        [t]
        serial = ./serial
        signer_cert = ./tsa.pem
        certs = ./ca.pem
        signer_key = ./tsa.key
        signer_digest = sha256
        default_policy = 1.2.3.4
        digests = %s
        clock_precision_digits = 6
        ess_cert_id_alg = sha256
        """.replace("        ", "") % ("sha512" if mode == "rejected" else "sha256"))
        if mode == "noUsage":
            # openssl signs only with a certificate for time stamps: a right one, with the wrong one put in its place.
            open("tsa.ext", "w").write("extendedKeyUsage=timeStamping")
            openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-days", "10", "-out", "tsa.pem", "-extfile", "tsa.ext")

        class Authority(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                open("query.tsq", "wb").write(query)
                if mode == "wrongNonce":
                    openssl("ts", "-query", "-sha256", "-digest", query.hex()[query.hex().index("0420") + 4:][:64],
                            "-cert", "-out", "query.tsq")
                if mode == "wrongDigest":
                    openssl("ts", "-query", "-sha256", "-digest", "ab" * 32, "-cert", "-out", "query.tsq")
                subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq",
                                "-out", "answer.tsr"], stderr=subprocess.DEVNULL)
                answer = open("answer.tsr", "rb").read()
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if mode == "wrongType" else "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
}
