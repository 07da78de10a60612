/// The version of the programs and libraries, as `--version` and `albit_version` tell it.
package enum Release {
    /// Zero-terminated, as C takes it.
    package static let number: StaticString = "0.1.0"
}
