import Testing

@testable import DICOMweb

@Suite("STOW-RS answers (PS3.18 §10.5.3)")
struct StoreResponseTests {
    private func response(_ text: String) -> StoreResponse? { StoreResponse(parsing: bytes(text)) }

    @Test("A referenced object is stored, with a warning where a reason is given")
    func stored() {
        let answer = response(
            #"""
            {"00081190":{"vr":"UR","Value":["http://x/studies/1"]},"00081199":{"vr":"SQ","Value":[
              {"00081155":{"vr":"UI","Value":["1.2.3"]}},
              {"00081155":{"vr":"UI","Value":["1.2.4"]},"00081196":{"vr":"US","Value":[45056]}}]}}
            """#)
        #expect(answer?.fates == ["1.2.3": .stored, "1.2.4": .storedWithWarning])
    }

    @Test("A duplicate is there already; other failures tell their reason, as number or text")
    func failed() {
        let answer = response(
            #"""
            {"00081198":{"vr":"SQ","Value":[
              {"00081155":{"vr":"UI","Value":["1.2.3"]},"00081197":{"vr":"US","Value":[273]}},
              {"00081155":{"vr":"UI","Value":["1.2.4"]},"00081197":{"vr":"US","Value":["42752"]}},
              {"00081155":{"vr":"UI","Value":["1.2.5"]}}]},
             "0008119A":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[272]}}]}}
            """#)
        #expect(
            answer?.fates == ["1.2.3": .duplicate, "1.2.4": .failed(reason: 42752), "1.2.5": .failed(reason: 0)])
        #expect(answer?.otherFailures == 1)
    }

    @Test("A list of one object is read as the object; anything else is no answer")
    func forms() {
        #expect(response("[{}]")?.fates == [:])
        #expect(response("<html>") == nil)
        #expect(response("") == nil)
        #expect(response("[]") == nil)
    }

    @Test("An object is named failed where an archive lists it as both")
    func both() {
        let answer = response(
            #"""
            {"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]}}]},
             "00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]},"00081197":{"vr":"US","Value":[1]}}]}}
            """#)
        #expect(answer?.fates == ["1.2.3": .failed(reason: 1)])
    }
}
