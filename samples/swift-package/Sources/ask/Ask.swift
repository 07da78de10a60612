import Albit

/// Labels each argument after the model's path.
@main
struct Ask {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else { return print("usage: ask MODEL TEXT ...") }
        do {
            let model = try Albert(contentsOf: path)
            let texts = Array(arguments.dropFirst())
            for (text, answer) in zip(texts, try model.classify(texts)) {
                print(answer.label, text, separator: "\t")
            }
        } catch  where error.code == .missingHead {
            print("\(path) does not classify; it answers \(Albert.heads(of: path))")
        } catch {
            print(error.message)
        }
    }
}

extension Albert {
    /// What a model was trained for, in words.
    static func heads(of path: String) -> String {
        guard let model = try? Albert(contentsOf: path), !model.heads.isEmpty else { return "nothing but vectors" }
        return model.heads.joined(separator: ", ")
    }
}
