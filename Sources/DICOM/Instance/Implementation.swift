/// How this program names itself in what it writes (PS3.10 §7.1, PS3.7 §D.3.3.2).
public enum Implementation {
    /// A UUID-derived UID (PS3.5 §B.2), made once for this program.
    public static let classUID = UID(constant: "2.25.226484137036592438178353406120498234727")
    /// At most 16 characters.
    public static let versionName = "IMAGING_GATEWAY"
}
