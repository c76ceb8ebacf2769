import MerkleLog

extension BundleVerification {
    /// What the bundle shows and what it does not, in sentences for the auditor. They say no more than was checked.
    public var statements: [String] {
        guard isIntact, let header, let checkpoint else {
            return ["Not intact: nothing in this bundle is proved."]
        }
        var sentences = [
            isKeyTrusted
                ? "Under the key that you gave: the \(entries) entries are in the log of \(checkpoint.origin) "
                    + "as it stood at \(checkpoint.size) records, each unchanged."
                : "The bundle fits itself: its \(entries) entries are under its own checkpoint and key. "
                    + "No key was given to compare with (--key), so anybody could have made the whole.",
            completeness(header),
            "It says nothing of records later than the checkpoint, nor whether what was recorded is true.",
        ]
        if withoutRecord > 0 {
            sentences.append(
                "Of \(withoutRecord) entries only the leaf is here: the record was destroyed or not given.")
        }
        if header.checkpoint.signatures.count > 1 + cosignatures.count {
            sentences.append(
                "The checkpoint carries further signatures; they count only with the witness's key (--witness).")
        }
        if !header.certificateKeys.isEmpty {
            sentences.append(
                isKeyTrusted
                    ? "\(header.certificateKeys.count) keys for certificates of de-identification are enclosed; the log's "
                        + "owner has signed that they are his."
                    : "\(header.certificateKeys.count) keys for certificates of de-identification are enclosed; they are "
                        + "worth as much as the bundle's own key.")
        }
        if !header.timestamps.isEmpty {
            sentences.append(
                "\(header.timestamps.count) time stamps (RFC 3161) are enclosed and not checked here; "
                    + "openssl ts -verify does.")
        }
        return sentences
    }

    private func completeness(_ header: BundleHeader) -> String {
        guard header.allLeaves else {
            return "Completeness is not shown: a record that was left out would not be missed. "
                + "Ask for a bundle with all leaves."
        }
        let whole =
            leftOut == 0
            ? "Every leaf under the checkpoint is here, and every record of each order or message of which one is here."
            : "Every leaf under the checkpoint is here; \(leftOut ?? 0) further records share an order or message with "
                + "an entry and are not in the bundle."
        return whole + " Whether another order concerns the same patient only the log's owner can show, "
            + "with the keys (audit verify --deep)."
    }
}
