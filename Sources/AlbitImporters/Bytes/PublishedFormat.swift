import AlbitText

/// How surely a file is of a format, by its content: no name and no extension decides.
package enum FormatMatch: Comparable {
    case no
    /// The first bytes allow it.
    case possible
    /// The first bytes say it, but are too few to rule out others.
    case likely
    /// It has the format's own mark.
    case certain
}

/// What the reader of a published format says about its files. How it reads them is told by the protocols beyond this
/// one: ``CheckpointReader``, ``GraphReader``, ``SourceReader``.
package protocol PublishedFormat {
    /// What messages call it; empty where they have no reason to list it.
    static var formatName: String { get }
    /// Names of weights that a directory is searched for, best first.
    static var fileNames: [String] { get }
    /// What other names of its files end with.
    static var suffixes: [String] { get }
    /// Whether a file that has one of its suffixes and no format's mark is read all the same, for the better message.
    static var isReadByName: Bool { get }
    /// Whether weights of an adapter can be merged into what it holds: not into operations, nor into a model file.
    static var takesAdapters: Bool { get }

    static func matches(_ start: FileStart) throws(Fault) -> FormatMatch
}

extension PublishedFormat {
    package static var fileNames: [String] { [] }
    package static var suffixes: [String] { [] }
    package static var isReadByName: Bool { false }
    package static var takesAdapters: Bool { true }
}
