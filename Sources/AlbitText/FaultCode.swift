/// One code for each way in which a file, a text, a call or the machine can be wrong. Grouped by where it is found.
package enum FaultCode: String, Sendable {
    // Command lines and calls.
    case usage
    // Graphs that are executed to prove what was recovered from them.
    case graphNotExecuted
}
