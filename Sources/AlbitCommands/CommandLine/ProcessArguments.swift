import CPlatform

/// The words this process was started with, without the program's name.
package func processArguments() throws(CommandLineError) -> [String] {
    var words: [String] = []
    for index in 1..<max(1, Int(platform_argument_count())) {
        guard let bytes = platform_argument(Int32(index)), let word = String(validatingCString: bytes) else {
            throw .wordIsNotUTF8(index: index)
        }
        words.append(word)
    }
    return words
}
