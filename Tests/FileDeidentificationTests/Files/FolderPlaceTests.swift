import Foundation
import Testing

@testable import FileDeidentification

@Suite("Where folders lie")
struct FolderPlaceTests {
    @Test("A folder lies in another one by any path, through links, and before either is made")
    func within() throws {
        let folder = try ScratchFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: "\(folder.path)/out/deep", withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/out/deep")
        let out = FolderPlace("\(folder.path)/out")
        for inside in [
            "out", "out/", "out/new/er", "x/../out/held", "link", "link/held", "link/../held", "./out//a/..",
        ] {
            #expect(FolderPlace("\(folder.path)/\(inside)").isWithin(out), "\(inside)")
        }
        for beside in ["", "output", "new", "out/../held", "link/../../held"] {
            #expect(!FolderPlace("\(folder.path)/\(beside)").isWithin(out), "\(beside)")
        }
        #expect(FolderPlace(folder.path).overlaps(out) && out.overlaps(FolderPlace(folder.path)))
        let new = FolderPlace("\(folder.path)/new")
        #expect(
            FolderPlace("\(folder.path)/new/held").overlaps(new) && new.overlaps(FolderPlace("\(folder.path)/new/held"))
        )
        #expect(!FolderPlace("\(folder.path)/newer").overlaps(new))
    }

    @Test("A relative path counts from the folder in which the program runs")
    func relative() {
        let here = FolderPlace(FileManager.default.currentDirectoryPath)
        #expect(FolderPlace("some/where").isWithin(here) && FolderPlace(".").overlaps(here))
        #expect(!FolderPlace("../elsewhere").isWithin(here))
    }
}
