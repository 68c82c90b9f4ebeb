#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The terminal that the program was started from, for what is no output.
enum ControllingTerminal {
  /// Sends bytes to it; where there is none, nobody is called.
  static func send(_ bytes: [UInt8]) {
    let descriptor = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}

/// Waiting for descriptors.
enum Descriptors {
  /// Waits until one of some is readable, or for some milliseconds; false where only time passed.
  static func wait(for descriptors: [Int32], milliseconds: Int32) -> Bool {
    var questions = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    return poll(&questions, nfds_t(questions.count), milliseconds) > 0
  }
}
