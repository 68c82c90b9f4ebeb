package import CellCanvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Questions to a descriptor that may be a terminal.
package enum TerminalDevice {
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The size that the terminal behind a descriptor has now; `nil` if it does not know or is none.
  package static func size(_ descriptor: Int32) -> CellSize? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return CellSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Whether this process may change the modes of a terminal; also where the terminal controls other processes or none.
  static func isForeground(_ descriptor: Int32) -> Bool {
    let group = tcgetpgrp(descriptor)
    return group < 0 || group == getpgrp()
  }

  /// Whether a terminal will never give another byte.
  static func isGone(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, 0) > 0 else { return false }
    if Int32(request.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
    // Readable without a byte to read is the end of a file.
    var waiting: Int32 = 0
    return ioctl(descriptor, UInt(FIONREAD), &waiting) != 0 || waiting == 0
  }
}
