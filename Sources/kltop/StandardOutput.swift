import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a command has to say.
enum StandardOutput {
  /// Writes a text and a newline.
  ///
  /// - Throws: an exit status where it cannot be written (a full disk), after saying so on standard error.
  static func say(_ text: String) throws { try put(text + "\n") }

  /// As ``say(_:)`` without the newline.
  static func put(_ text: String) throws {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(1, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        StandardError.say("cannot write the output: \(String(cString: strerror(errno)))")
        throw ExitStatus.outputFailed
      }
    }
  }
}
