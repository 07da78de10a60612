import AlbitCommands
import AlbitTasks
import ArgumentParser

struct SelfTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Check that a model file is intact and that this machine computes what its maker's did.",
        discussion: HelpExample.onSample("quantize $model -o tested.gguf", "selftest tested.gguf"))

    @Argument(help: "An Albit file.", completion: .file())
    var model: String

    @OptionGroup var computing: RunArguments

    func run() throws {
        try SelfTestCommand(run: computing.options).run(Model(path: model), output: Output())
    }
}
