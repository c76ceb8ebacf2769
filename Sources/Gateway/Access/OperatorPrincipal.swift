public import Audit
import Foundation

/// The person at the command line, as the operating system knows them.
public enum OperatorPrincipal {
    /// The account of the process's real user id; `uid:<number>` where it has no name. Neither the environment nor an
    /// effective id that the program was given can change it.
    public static var current: Principal { Principal(kind: .user, name: name(of: getuid())) }

    static func name(of uid: uid_t) -> String {
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        let status = unsafe getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
        guard status == 0, unsafe found != nil, let name = unsafe entry.pw_name else { return "uid:\(uid)" }
        return unsafe String(cString: name)
    }
}
