import CellCanvas
import Glibc
import NcursesTerminal

/// Both ends of a terminal without a window: the tests type and read where a terminal emulator would.
struct Pseudoterminal: ~Copyable {
  let emulator: Int32
  /// What the program sees.
  let device: Int32

  init(columns: Int = 20, rows: Int = 5) throws {
    var ends: (emulator: Int32, device: Int32) = (-1, -1)
    guard openpty(&ends.emulator, &ends.device, nil, nil, nil) == 0 else {
      throw TerminalError.system(errno: errno)
    }
    (emulator, device) = ends
    // The programs that tests start must not keep it open.
    for end in [emulator, device] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    resize(columns: columns, rows: rows)
  }

  deinit {
    close(device)
    close(emulator)
  }

  func resize(columns: Int, rows: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(emulator, UInt(TIOCSWINSZ), &size)
  }

  func setup(kind: String = "xterm-256color", usesMouse: Bool = true) -> TerminalSetup {
    TerminalSetup(input: device, output: device, kind: kind, usesMouse: usesMouse, locale: "C.UTF-8")
  }

  func type(_ text: String) { write(emulator, text, text.utf8.count) }

  /// Everything written to the terminal until now.
  func output() -> String {
    let mark: UInt8 = 0x04
    _ = withUnsafeBytes(of: mark) { write(device, $0.baseAddress, 1) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.last != mark {
      let count = read(emulator, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }

  var modes: [UInt32] {
    var modes = termios()
    tcgetattr(device, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }
}

extension Terminal {
  /// The next event, waited for; `nil` after five seconds without one.
  mutating func awaitEvent() -> InputEvent? {
    while true {
      if let event = nextEvent() { return event }
      var descriptors = [
        pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signalDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&descriptors, 2, 5_000) == 0 { return nil }
    }
  }
}
