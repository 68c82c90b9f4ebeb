#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The two streams that ncurses talks through, on descriptors of their own; ``Terminal`` closes them.
///
/// Not an owner with a `deinit` of its own: on a path that ends in `exit`, Swift 6.3 destroys such a member as soon as its
/// owner was last used, though the owner itself is not destroyed.
struct TerminalStreams {
  let input: UnsafeMutablePointer<FILE>
  let output: UnsafeMutablePointer<FILE>

  var inputDescriptor: Int32 { fileno(input) }
  var outputDescriptor: Int32 { fileno(output) }

  /// Streams for a terminal; `nil` as input is standard input, or the controlling terminal where that is none.
  init(input: Int32?, output: Int32) throws(TerminalError) {
    guard isatty(output) == 1 else { throw .outputIsNotATerminal }
    let keyboard = try TerminalStreams.keyboard(input)
    guard let inputStream = fdopen(keyboard, "r") else {
      let code = errno
      close(keyboard)
      throw .system(errno: code)
    }
    let screen = fcntl(output, F_DUPFD_CLOEXEC, 3)
    guard screen >= 0, let outputStream = fdopen(screen, "w") else {
      let code = errno
      fclose(inputStream)
      if screen >= 0 { close(screen) }
      throw .system(errno: code)
    }
    self.input = inputStream
    self.output = outputStream
  }

  private static func keyboard(_ input: Int32?) throws(TerminalError) -> Int32 {
    let source = input ?? STDIN_FILENO
    let descriptor: Int32
    if isatty(source) == 1 {
      descriptor = fcntl(source, F_DUPFD_CLOEXEC, 3)
    } else {
      guard input == nil else { throw .noKeyboard }
      descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    }
    guard descriptor >= 0 else { throw .noKeyboard }
    return descriptor
  }

  func closeBoth() {
    fclose(input)
    fclose(output)
  }
}
