"""Character sets of PS3.3 C.12.1.1.2: terms, a codec that writes them, letters of a script that uses them."""

from dataclasses import dataclass

CYRILLIC = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"
GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
THAI = "กขคฆงจฉชซญฐฑณดตถทธนบปผฝพฟภมยรลวศสหอฮ"
LATIN1 = "ÄÖÜÅÆØÉÈÊÇÑÁÀÂÓÒÔÚÙÛ"
LATIN2 = "ĄŁĽŚŠŞŤŹŽŻŔĂĹĆČĘĚĎĐŃŇŐŘŮŰŢ"
LATIN3 = "ĦĤİŞĞĴŻĊĈĠĜŬŜ"
LATIN4 = "ĄĸŖĨĻŠĒĢŦŽĀĮČĘĖĪĐŅŌĶŲŨŪ"
LATIN5 = "ĞİŞÄÖÜÅÆØÉÈÊÇÑÁÀÂ"
LATIN9 = "ŠŽŒŸÄÖÜÅÆØÉÈÊ"
KATAKANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎ"
KANJI = "山田太郎鈴木高橋伊藤渡辺中村小林加吉佐々"
KANJI_0212 = "丂丄丅丌丒丟丣两丨丫丮"
HANGUL = "김희중박정최강조윤장임한오서신권황안송류홍"
HANZI = "王小东张李刘陈杨黄吴赵周徐孙马朱胡林郭何"
HANZI_TRADITIONAL = "王小東張陳楊黃吳趙孫馬劉蕭謝鄧葉"


@dataclass(frozen=True)
class Repertoire:
    name: str
    terms: str
    alphabet: str
    codec: str  # Python's name, or "iso2022:…" for what has to be escaped by hand
    prefix: bytes = b""  # escape sequence in front of text in this repertoire
    suffix: bytes = b""  # back to ASCII

    def encode(self, text: str) -> bytes:
        if self.codec == "ksc":
            return self.prefix + text.encode("euc_kr")
        if self.codec == "gb2312-escaped":
            return self.prefix + text.encode("gb2312")
        if self.codec == "jisx0212":
            # The last two of the three bytes of EUC-JP, in seven bits.
            euc = text.encode("euc_jp")
            assert len(euc) == 3 * len(text)
            seven = bytes(byte & 0x7F for at in range(0, len(euc), 3) for byte in euc[at + 1:at + 3])
            return self.prefix + seven + self.suffix
        if self.codec == "jisx0208":
            seven = bytes(byte & 0x7F for byte in text.encode("euc_jp"))
            return self.prefix + seven + self.suffix
        if self.codec == "katakana":
            return self.prefix + text.encode("shift_jis") + self.suffix
        return self.prefix + text.encode(self.codec) + self.suffix


def repertoires() -> list[Repertoire]:
    one = [("Latin 1", "100", LATIN1, "iso8859_1", b"\x1b-A"), ("Latin 2", "101", LATIN2, "iso8859_2", b"\x1b-B"),
           ("Latin 3", "109", LATIN3, "iso8859_3", b"\x1b-C"), ("Latin 4", "110", LATIN4, "iso8859_4", b"\x1b-D"),
           ("Cyrillic", "144", CYRILLIC, "iso8859_5", b"\x1b-L"), ("Arabic", "127", ARABIC, "iso8859_6", b"\x1b-G"),
           ("Greek", "126", GREEK, "iso8859_7", b"\x1b-F"), ("Hebrew", "138", HEBREW, "iso8859_8", b"\x1b-H"),
           ("Latin 5", "148", LATIN5, "iso8859_9", b"\x1b-M"), ("Thai", "166", THAI, "tis_620", b"\x1b-T"),
           ("Latin 9", "203", LATIN9, "iso8859_15", b"\x1b-b")]
    found = []
    for name, number, alphabet, codec, escape in one:
        found.append(Repertoire(name, f"ISO_IR {number}", alphabet, codec))
        found.append(Repertoire(f"{name}, escaped", f"\\ISO 2022 IR {number}", alphabet, codec, escape))
    return found + [
        Repertoire("Katakana", "ISO_IR 13", KATAKANA, "katakana"),
        Repertoire("Katakana, escaped", "\\ISO 2022 IR 13", KATAKANA, "katakana", b"\x1b)I"),
        Repertoire("Kanji", "\\ISO 2022 IR 87", KANJI, "jisx0208", b"\x1b$B", b"\x1b(B"),
        Repertoire("supplementary Kanji", "\\ISO 2022 IR 159", KANJI_0212, "jisx0212", b"\x1b$(D", b"\x1b(B"),
        Repertoire("Korean", "\\ISO 2022 IR 149", HANGUL, "ksc", b"\x1b$)C"),
        Repertoire("simplified Chinese, escaped", "\\ISO 2022 IR 58", HANZI, "gb2312-escaped", b"\x1b$)A"),
        Repertoire("UTF-8", "ISO_IR 192", HANGUL + CYRILLIC + HANZI, "utf-8"),
        Repertoire("GB18030", "GB18030", HANZI_TRADITIONAL + CYRILLIC, "gb18030"),
        Repertoire("GBK", "GBK", HANZI_TRADITIONAL, "gbk"),
        # What devices write: a term that is none, a wrong one, none at all.
        Repertoire("an undefined term", "ISO_IR 999", LATIN1, "iso8859_1"),
        Repertoire("nothing declared", "", LATIN1, "iso8859_1"),
        Repertoire("nothing declared, UTF-8", "", CYRILLIC, "utf-8"),
        Repertoire("Latin 1 declared, Windows-1251 written", "ISO_IR 100", CYRILLIC, "cp1251"),
    ]
