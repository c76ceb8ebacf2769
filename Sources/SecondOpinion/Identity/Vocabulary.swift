/// Words that stand in coded values of the standard and in our own marks, and that are names of persons too: alone in
/// such a value they name nobody.
enum Vocabulary {
    static func contains(_ word: String) -> Bool { words.contains(word.lowercased()) }

    /// By `KeyHash`: whoever is called Bašić, Basic or Bässic is found at the same word.
    static func contains(hash: UInt64) -> Bool { hashes.contains(hash) }

    /// Whether a row of letters is a part of one of the words.
    static func holds(_ part: String) -> Bool { words.contains { $0.contains(part) } }

    private static let hashes = Set(words.map(KeyHash.value(of:)))

    private static let words: Set<String> = Set(
        """
        abdomen acquired active additional adrenal aligned alpha angio ankle anterior aorta application arm array
        artery auto axial back basic beam bilateral biopsy black bladder blue body bone bold bolus brain branch breast \
        bright brown calibrated cardiac carm cell center central cervix chest clean clear clinical close code coil
        color computed cone confidentiality contrast corner coronal count cross cuff cyan data deidentified derived
        detector device diagnostic diagram digital direct display dual dynamic early edge elbow emission empty energy
        equipment erect external extremity eye face factor fast femur field film filter final finger fine first fixed
        flat flow foot forearm forward frame free french front full gain gate gateway gold good grand gray green grid \
        ground hand hard head heart heel high hill hip identity iliac image imaging implant indirect information inner
        intent internal jaw joint kidney knee label large last late lateral lead left leg lens level lewis light line
        linear liver localizer long longitudinal lower lung main major mandible manual mark marker mask master matrix
        max maxilla mean medial medium meter method middle minor mixed mode model modified monochrome motion mouth move
        multi nasal native neck needle negative normal north nose null oblique offset open optical orbit original outer
        ovary palm parallel part patella patient pelvis penis phantom phase photo pixel plain plane plate point polar
        portable posterior power presentation primary private profile prone prostate pulse quality quantity radial
        range rate ratio raw rectangle rectum recumbent red reference reformatted regular relative remove removed
        rescale research resampled rest retain rib right ring rose round safe sagittal scan scanned scout screen second
        secondary section semi senior sequence series sharp shell short shot shoulder side signal single sitting size
        skull slab slice slim slow small smooth snow soft sole source south spine spiral spot square standard standing
        static status stone store strong study summer supine surface swan table target temporal test thigh thin thorax
        thumb tibia time toe tomo total trace transverse true tube twin type unit upper uterus vein volume wagner wall
        wave wedge west white wide width window winter wolf wood wrist yellow young zoom agfa canon carestream fischer
        fuji fujifilm general electric hitachi hologic kodak konica lodox lunit marconi philips picker samsung shimadzu
        siemens toshiba trophy varian villa
        text num container pname datetime uidref composite waveform scoord tcoord contains properties separate continuous
        verified unverified complete partial
        annex certificate characteristics classifier comment content dates dcm deidentification descriptors
        features graphics identification identifying imgw institution not option recognizable separate shifted
        structured temporal uids unmodified visual yes
        """.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\\" }).map(String.init))
}
