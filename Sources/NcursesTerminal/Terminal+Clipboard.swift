internal import SystemPackage

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
    return send(bytes)
  }

  /// Sends bytes that are no part of the screen; false where they could not be written.
  @discardableResult
  package mutating func send(_ bytes: [UInt8]) -> Bool {
    (try? FileDescriptor(rawValue: streams.outputDescriptor).writeAll(bytes)) != nil
  }
}
