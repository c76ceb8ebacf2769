/// Character sets of one byte for each character: ISO 8859 (PS3.3 C.12.1.1.2) and those of older computers.
enum SingleByteSets {
    /// The bytes of a text that is not all ASCII, in every set that has all its characters.
    static func encodings(of text: String) -> Set<[UInt8]> {
        guard !text.allASCII else { return [] }
        var result: Set<[UInt8]> = []
        for set in sets {
            var bytes: [UInt8] = []
            for scalar in text.unicodeScalars {
                if scalar.value < 0x80 {
                    bytes.append(UInt8(scalar.value))
                } else if let byte = set[scalar] {
                    bytes.append(byte)
                } else {
                    break
                }
            }
            if bytes.count == text.unicodeScalars.count { result.insert(bytes) }
        }
        return result
    }

    private static let sets: [[Unicode.Scalar: UInt8]] = letters.map { row in
        var set: [Unicode.Scalar: UInt8] = [:]
        for (index, scalar) in row.unicodeScalars.enumerated() where scalar != " " { set[scalar] = UInt8(index + 0x80) }
        return set
    }

    /// The letters at 80 to FF; a space stands for everything else.
    private static let letters: [String] = [
        // iso8859-1
        "                                          ª          µ    º     ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö øùúûüýþÿ",
        // iso8859-2
        "                                 Ą Ł ĽŚ  ŠŞŤŹ ŽŻ ą ł ľśˇ šşťź žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö řůúűüýţ ",
        // iso8859-3
        "                                 Ħ    Ĥ  İŞĞĴ  Ż ħ   µĥ  ışğĵ  żÀÁÂ ÄĊĈÇÈÉÊËÌÍÎÏ ÑÒÓÔĠÖ ĜÙÚÛÜŬŜßàáâ äċĉçèéêëìíîï ñòóôġö ĝùúûüŭŝ ",
        // iso8859-4
        "                                 ĄĸŖ ĨĻ  ŠĒĢŦ Ž  ą ŗ ĩļˇ šēģŧŊžŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎĪĐŅŌĶÔÕÖ ØŲÚÛÜŨŪßāáâãäåæįčéęëėíîīđņōķôõö øųúûüũū ",
        // iso8859-5
        "                                 ЁЂЃЄЅІЇЈЉЊЋЌ ЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя ёђѓєѕіїјљњћќ ўџ",
        // iso8859-6
        "                                                                 ءآأؤإئابةتثجحخدذرزسشصضطظعغ     ـفقكلمنهوىي                     ",
        // iso8859-7
        "                                          ͺ           Ά ΈΉΊ Ό ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ ",
        // iso8859-8
        "                                                     µ                                          אבגדהוזחטיךכלםמןנסעףפץצקרשת     ",
        // iso8859-9
        "                                          ª          µ    º     ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö øùúûüışÿ",
        // iso8859-15
        "                                      Š š ª         Žµ  ž º ŒœŸ ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö øùúûüýþÿ",
        // tis-620
        "                                 กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ าำ            เแโใไๅๆ                         ",
        // cp1251
        "ЂЃ ѓ      Љ ЊЌЋЏђ         љ њќћџ ЎўЈ Ґ  Ё Є    Ї  Ііґµ  ё є јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
        // cp1253
        "   ƒ                              Ά                  µ  ΈΉΊ Ό ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ ",
        // koi8-r
        "                                   ё               Ё            юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
        // cp437
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ    ƒáíóúñÑªº                                                        αßΓπΣσµτΦΘΩδ φε             ⁿ   ",
        // cp850
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø Ø ƒáíóúñÑªº             ÁÂÀ              ãÃ        ðÐÊËÈıÍÎÏ     Ì ÓßÔÒõÕµþÞÚÛÙýÝ                  ",
        // mac-roman
        "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü       ß      ÆØ     µ   π ªºΩæø    ƒ      ÀÃÕŒœ        ÿŸ    ﬁﬂ     ÂÊÁËÈÍÎÏÌÓÔ ÒÚÛÙıˆ        ˇ",
    ]
}
