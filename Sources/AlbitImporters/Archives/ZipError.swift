import AlbitModel

/// Every way in which a zip archive can be wrong.
package enum ZipError: AlbitError {
    case noEndRecord(path: String)
    case severalDisks(path: String)
    case directoryOutside(path: String, offset: UInt64, size: UInt64)
    case tooManyEntries(path: String, count: UInt64, limit: Int)
    case badDirectory(path: String, offset: Int)
    case badName(path: String, offset: Int)
    case duplicateEntry(path: String, entry: String)
    case entryOutside(path: String, entry: String, bytes: Int, size: Int)
    case sizesDiffer(path: String, entry: String, stored: Int, declared: Int)
    case noLocalHeader(path: String, entry: String, offset: Int)
    case encrypted(path: String, entry: String)
    case unknownMethod(path: String, entry: String, method: Int)
    case wrongChecksum(path: String, entry: String, stored: UInt32, found: UInt32)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noEndRecord(let path):
            "\(path): is a zip archive whose directory is missing at the end; the file is truncated, download it again"
        case .severalDisks(let path): "\(path): is one part of a zip archive in several, expected a whole one; join the parts first"
        case .directoryOutside(let path, let offset, let size):
            "\(path): the zip directory (\(size) bytes at \(offset)) lies outside the file; download it again"
        case .tooManyEntries(let path, let count, let limit): "\(path): has \(count) zip entries, more than the limit of \(limit); the file is damaged or hostile"
        case .badDirectory(let path, let offset): "\(path): the zip directory is damaged at its byte \(offset); download the file again"
        case .badName(let path, let offset): "\(path): an entry's name near byte \(offset) of the zip directory is not UTF-8, as torch and NumPy write it; pack it again"
        case .duplicateEntry(let path, let entry): "\(path): holds two entries named '\(entry)', so which one counts is open; save the model again"
        case .entryOutside(let path, let entry, let bytes, let size):
            "\(path): entry '\(entry)' claims \(bytes) bytes, but the file has only \(size); download it again"
        case .sizesDiffer(let path, let entry, let stored, let declared):
            "\(path): entry '\(entry)' stores \(stored) bytes, but declares \(declared), though it is not compressed; the file is damaged, download it again"
        case .noLocalHeader(let path, let entry, let offset): "\(path): no header of entry '\(entry)' at byte \(offset); the file is damaged, download it again"
        case .encrypted(let path, let entry): "\(path): entry '\(entry)' is encrypted, expected plain entries; unpack it with its password first"
        case .unknownMethod(let path, let entry, let method):
            "\(path): entry '\(entry)' is compressed with method \(method), expected 0 (stored) or 8 (deflate); save or pack it again"
        case .wrongChecksum(let path, let entry, let stored, let found):
            "\(path): the CRC-32 of entry '\(entry)' is \(found), expected \(stored); download the file again"
        }
    }
}
