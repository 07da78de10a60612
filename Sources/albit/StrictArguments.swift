import ArgumentParser

/// Of the commands that make something of a source, or tell what it is.
struct StrictArguments: ParsableArguments {
    @Flag(name: .long, help: "Refuse a graph whose arithmetic cannot be executed to prove what was recovered from it.")
    var strict = false
}
