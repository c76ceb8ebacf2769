/// Folders of file feeds: there, and to be written, for files are moved out of them.
struct FeedChecks {
    let feeds: [FileFeedSection]

    func items() -> [CheckItem] {
        feeds.enumerated().map { index, feed in
            let name = "feeds.files[\(index)]"
            guard FileFacts(feed.folder)?.isFolder == true, FileFacts.isUsableFolder(feed.folder) else {
                return .problem(
                    name, .feedFolder, "the folder is missing or cannot be written",
                    remedy: "make it and give the gateway's user the rights; files are moved out of it")
            }
            return .ok(name, "can be read and written")
        }
    }
}
