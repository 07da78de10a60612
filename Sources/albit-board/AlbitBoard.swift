@main struct AlbitBoard {
    static func main() {}
}
