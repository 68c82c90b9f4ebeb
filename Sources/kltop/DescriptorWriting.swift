#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why the system refused something.
struct SystemError: Error, CustomStringConvertible {
  var code: Int32
  var description: String { String(cString: strerror(code)) }

  /// What the last call of this thread failed with.
  static var last: SystemError { SystemError(code: errno) }
}

/// Writes all of a text.
func writeAll(_ text: String, to descriptor: Int32) throws(SystemError) {
  let bytes = Array(text.utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes {
      write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
    }
    guard count > 0 || errno == EINTR else { throw .last }
    written += max(0, count)
  }
}
