import AlbitServer
import Foundation

@main struct AlbitServerProgram {
    static func main() async {
        exit(await ServerProgram.run(Array(CommandLine.arguments.dropFirst())))
    }
}
