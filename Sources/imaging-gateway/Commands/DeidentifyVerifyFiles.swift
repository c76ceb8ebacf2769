import Deidentification
import Foundation
import Sealing

extension DeidentifyVerifyCommand {
    /// Compares files, and those in folders, with the certificates: what a file is decides what it holds.
    func verify(
        _ paths: [String], _ keys: [SignatureVerifier], _ report: inout CertificateReportOfVerification
    ) throws {
        let given = report.certificates.map(\.signed)
        var beside: [SignedCertificate] = []
        var written: [String] = []
        for path in try FilesOnDisk.all(paths) {
            guard FilesOnDisk.isRegular(path) else {
                report.add(CertificateProblem(.fileUnreadable), at: path)
                continue
            }
            guard let other = try FilesOnDisk.certificate(path) else {
                written.append(path)
                continue
            }
            let standing = other.standing(beside: given, keys: keys)
            if let problem = standing.problem { report.add(CertificateProblem(problem), at: path) }
            if standing == .otherKey { report.unbelieved.append(path) }
            guard standing == .vouches, !beside.contains(other) else { continue }
            beside.append(other)
            report.beside.append(path)
        }
        let certificates = given.map(\.certificate)
        let others = beside.map(\.certificate)
        let originals = try self.originals(of: certificates + others, &report)
        var verification: CertificateVerification
        do {
            verification = try CertificateVerification(
                certificates, beside: others, keys: receiptKeys(given, keys), originals: originals)
        } catch {
            throw CommandFailure(
                "deidentification.tooManyIdentifiers", "--original names more than can be searched for at once",
                exit: ExitCodes.unusable)
        }
        for (place, path) in written.enumerated() {
            let before = verification.problems.count
            verification.examine(try FilesOnDisk.read(path))
            for problem in verification.problems[before...] { report.add(problem, at: path) }
            if let index = verification.namedBeside[place] { report.namedBeside.append((path, index)) }
        }
        let before = verification.problems.count
        verification.finish()
        for problem in verification.problems[before...] { report.add(problem) }
        report.files = written.count - verification.receiptCount
        report.statistics = verification.statistics
        report.knownValues = verification.searchedValues
    }

    /// Receipts of a run without keys are as unsigned as its certificate; with keys of somebody else nothing is told of
    /// them.
    private func receiptKeys(_ given: [SignedCertificate], _ keys: [SignatureVerifier]) -> [SignatureVerifier] {
        given.contains { $0.isSigned(byOneOf: keys) } ? keys : []
    }

    /// Nil where none are given.
    private func originals(
        of certificates: [DeidentificationCertificate], _ report: inout CertificateReportOfVerification
    ) throws -> CertifiedOriginals? {
        guard !original.isEmpty else { return nil }
        var originals: CertifiedOriginals
        do { originals = try CertifiedOriginals(certificates) } catch {
            throw CommandFailure(
                "deidentification.\(error.code.rawValue)", "the certificate's options cannot be applied here",
                exit: ExitCodes.unusable)
        }
        let paths = try FilesOnDisk.all(original)
        for path in paths { originals.add(try FilesOnDisk.read(path), isNamed: original.contains(path)) }
        for problem in originals.problems { report.add(problem, at: problem.file.map { paths[$0] }) }
        report.originals = (originals.comparedCount, originals.otherCount)
        return originals
    }
}

/// Files as `deidentify verify` reads them.
enum FilesOnDisk {
    /// Files, and all files below folders.
    static func all(_ paths: [String]) throws -> [String] {
        let input = InputFiles(paths)
        guard input.unreadable.isEmpty else {
            throw CommandFailure(
                "folder.unreadable", "a folder cannot be looked into", exit: ExitCodes.unusable)
        }
        return input.all
    }

    /// Whether it is a file: from a pipe nothing may ever come.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard isRegular(path), let data = FileManager.default.contents(atPath: path) else { throw unreadable(path) }
        return Array(data)
    }

    /// The certificate that a file is; nil for any other. Of those no more than the beginning is read.
    static func certificate(_ path: String) throws -> SignedCertificate? {
        guard isRegular(path), let file = FileHandle(forReadingAtPath: path) else { throw unreadable(path) }
        defer { try? file.close() }
        // Its form is canonical: it begins in no other way.
        let beginning = Data("{\"certificate\":".utf8)
        guard let read = try? file.read(upToCount: beginning.count), read == beginning else { return nil }
        return SignedCertificate(parsing: try self.read(path))
    }

    private static func unreadable(_ path: String) -> CommandFailure {
        CommandFailure("file.unreadable", "a file cannot be read: \(path)", exit: ExitCodes.unusable)
    }
}
