import AlbitText
import CPlatform

/// The words this process was started with, without the program's name.
package func processArguments() throws(Fault) -> [String] {
    var words: [String] = []
    for index in 1..<max(1, Int(platform_argument_count())) {
        guard let bytes = platform_argument(Int32(index)), let word = String(validatingCString: bytes) else {
            throw Fault(
                .commandLineNotUTF8, "argument " + String(index) + " is not UTF-8 text", advice: "give it in a file")
        }
        words.append(word)
    }
    return words
}
