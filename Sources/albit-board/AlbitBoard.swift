import AlbitCommands
import CPlatform

@main struct AlbitBoard {
    static func main() {
        // Refers to embedded.c, so that a board build without it can't be linked. x86-64 serves as a dialect check too.
        #if hasFeature(Embedded) && !arch(x86_64)
            if !platform_embedded_runtime_is_mended() { platform_exit(4) }
        #endif
    }
}
