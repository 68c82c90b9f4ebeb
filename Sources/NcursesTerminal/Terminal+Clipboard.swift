#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Terminal {
  /// Asks the terminal to put text into the clipboard; `false` where it cannot be asked.
  ///
  /// Whether the terminal does it is not told.
  package mutating func copyToClipboard(_ text: String) -> Bool {
    var environment: [String: String] = [:]
    for name in ["TERM", "TMUX"] { environment[name] = getenv(name).map { String(cString: $0) } }
    guard let bytes = ClipboardSequence.bytes(for: text, environment: environment) else { return false }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(streams.outputDescriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      guard count > 0 || errno == EINTR else { return false }
      written += max(0, count)
    }
    return true
  }
}
