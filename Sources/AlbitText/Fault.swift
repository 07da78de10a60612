/// Something that went wrong, in the one shape that every module throws: what it is for programs (`code`), where it
/// was found and what it asks of a person. It is made where it is found and passes upwards as it is.
package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which rule was broken; decides the exit code.
    package let code: FaultCode
    /// Path of the file, or another name of the input; empty where a command line or a call is at fault.
    package let file: String
    /// Tensor, entry, key, line or byte offset inside the file; empty where the whole file is meant.
    package let place: String
    /// What is wrong, as the rest of a sentence that begins with file and place.
    package let problem: String
    /// What would have been right; empty where the problem says it.
    package let expected: String
    /// What a person can do; empty where nothing but the obvious is left.
    package let advice: String

    @inline(never)
    package init(
        _ code: FaultCode, in file: String = "", at place: String = "", _ problem: String, expected: String = "",
        advice: String = ""
    ) {
        self.code = code
        self.file = file
        self.place = place
        self.problem = problem
        self.expected = expected
        self.advice = advice
    }

    /// The same fault of a named file: parsers of bytes do not know where the bytes came from.
    package func inFile(_ file: String) -> Fault {
        Fault(code, in: file, at: place, problem, expected: expected, advice: advice)
    }

    /// `file: place: problem, expected this; do that` on one line, without what is empty.
    package var description: String {
        var text = file
        for part in [place, problem] where !part.isEmpty { text += (text.isEmpty ? "" : ": ") + part }
        if !expected.isEmpty { text += ", expected " + expected }
        if !advice.isEmpty { text += "; " + advice }
        return text
    }
}
