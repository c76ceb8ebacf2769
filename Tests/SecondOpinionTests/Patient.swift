import SecondOpinion

/// Somebody who does not exist, and every way to write what is known of her.
enum Patient {
    static func identity() throws -> KnownIdentity {
        var identity = KnownIdentity()
        try identity.add(name: "Müßiggang-Großkötter^Jörgine^Åsa=山田^太郎=やまだ^たろう")
        try identity.add(name: "Иваноффский^Пётр")
        try identity.add(name: "Li^Wei")
        try identity.add(identifier: "0047-1108-15XZ")
        try identity.add(identifier: "00123987")
        try identity.add(identifier: "ACC-2291-77")
        try identity.add(date: "19740312")
        try identity.add(uid: "1.2.276.0.7230010.3.1.2.8323328.4711")
        try identity.add(text: "Hauptstraße 128b^^Köln")
        try identity.add(text: "+49 (221) 4711-0815")
        try identity.add(text: "petra@example.org")
        try identity.add(original: [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42])
        return identity
    }

    /// What counts in a text, short forms too.
    static let spellings: [(kind: HitKind, text: String)] = [
        (.name, "Müßiggang-Großkötter^Jörgine"), (.name, "MUESSIGGANG-GROSSKOETTER"), (.name, "mussiggang"),
        (.name, "jörgine müßiggang"), (.name, "Großkötter, Jörgine"), (.name, "J. Grosskoetter"), (.name, "JÖRGINE"),
        (.name, "G R O S S K O E T T E R"), (.name, "Joergine_Muessiggang"), (.name, "MüßiggangJörgine"),
        (.name, "Jo\u{308}rgine"), (.name, "山田太郎"), (.name, "患者 山田 様"), (.name, "やまだ^たろう"),
        (.name, "ИВАНОФФСКИЙ"), (.name, "пётр"), (.name, "LI^WEI"), (.name, "Wei Li"), (.name, "li, wei"),
        (.name, "M%C3%BC%C3%9Figgang"), (.name, "ＪＯＲＧＩＮＥ"),
        (.identifier, "0047-1108-15XZ"), (.identifier, "0047110815xz"), (.identifier, "47 1108 15XZ"),
        (.identifier, "ID:00123987"), (.identifier, "123987"), (.identifier, "000123987^^^HOSP"),
        (.identifier, "MRN123987"), (.identifier, "ACC229177"), (.identifier, "acc 2291 77"),
        (.date, "19740312"), (.date, "1974-03-12"), (.date, "12.03.1974"), (.date, "12.3.74"), (.date, "12/03/74"),
        (.date, "03/12/1974"), (.date, "12 Mar 1974"), (.date, "12. März 1974"), (.date, "March 12, 1974"),
        (.date, "12-MAR-74"), (.date, "born 740312"), (.date, "19740312113000.000"), (.date, "1974/3/12"),
        (.uid, "1.2.276.0.7230010.3.1.2.8323328.4711"), (.uid, "see 1.2.276.0.7230010.3.1.2.8323328.4711.1"),
        (.text, "HAUPTSTRASSE 128B"), (.text, "Hauptstr. — Hauptstraße 128 b"), (.text, "0221 47110815"),
        (.text, "+49-221-4711-0815"), (.text, "004922147110815"), (.text, "PETRA@EXAMPLE.ORG"), (.text, "köln,"),
    ]

    /// Long enough to count in any bytes.
    static let long: [(kind: HitKind, text: String)] = [
        (.name, "Müßiggang-Großkötter^Jörgine"), (.name, "MUESSIGGANG"), (.name, "Grosskoetter"),
        (.name, "Иваноффский"), (.identifier, "0047-1108-15XZ"), (.text, "Hauptstraße 128b"),
        (.text, "petra@example.org"), (.uid, "1.2.276.0.7230010.3.1.2.8323328.4711"),
    ]
}
