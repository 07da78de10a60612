import ArgumentParser

@main struct Albit: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "albit")
}
