import AlbitModel

/// Every way in which a tar archive can be wrong.
package enum TarError: AlbitError {
    case notTar(path: String)
    case badChecksum(path: String, offset: Int)
    case badNumber(path: String, what: String, offset: Int)
    case badPax(path: String, offset: Int)
    case tooManyMembers(path: String, limit: Int)
    case unsafeName(path: String, member: String)
    case duplicateMember(path: String, member: String)
    case memberOutside(path: String, member: String, size: Int)
    case link(path: String, member: String, target: String)
    case sparse(path: String, offset: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .notTar(let path): "\(path): unpacks to no tar archive, expected a .tar.gz with a checkpoint in it"
        case .badChecksum(let path, let offset):
            "\(path): the tar header at byte \(offset) has a wrong checksum; download the archive again"
        case .badNumber(let path, let what, let offset): "\(path): the tar header at byte \(offset) has a \(what) that is no number; download the archive again"
        case .badPax(let path, let offset): "\(path): the pax header at byte \(offset) is damaged; download the archive again"
        case .tooManyMembers(let path, let limit): "\(path): has more than \(limit) members, expected a checkpoint; unpack what is needed first"
        case .unsafeName(let path, let member): "\(path): member '\(member)' points out of the archive; refused, pack it with plain names"
        case .duplicateMember(let path, let member): "\(path): holds two members named '\(member)', so which one counts is open; unpack the right one first"
        case .memberOutside(let path, let member, let size):
            "\(path): member '\(member)' claims \(size) bytes, but the archive ends before; download it again"
        case .link(let path, let member, let target):
            "\(path): member '\(member)' is a link to '\(target)'; links are not followed, expected a file; pack it again with tar --dereference"
        case .sparse(let path, let offset): "\(path): the member at byte \(offset) is sparse; pack the archive again without --sparse"
        }
    }
}
