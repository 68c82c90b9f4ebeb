import CNcurses
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A terminal's compiled description, as `term(5)` lays it out.
///
/// Most terminals show any colour and say so in `COLORTERM`, while the descriptions that are installed everywhere know
/// 256. ncurses takes a description from the variable `TERMINFO` itself, so it gets the installed one with other colours.
enum TerminalDescription {
  /// Bits for each of red, green and blue: numbers and counts of colours stay within 16 bits, which every description
  /// can hold.
  static let directBits = 5
  static let directColors: Int32 = 0x7FFF
  /// Numbers below this are places in xterm's palette.
  static let paletteColors = 256

  /// Whether the current terminal's own description has colours by red, green and blue.
  static var hasDirectColors: Bool {
    "RGB".withCString { tigetflag(UnsafeMutablePointer(mutating: $0)) } > 0
  }

  /// The installed description of a terminal; `nil` if there is none.
  static func installed(_ name: String) -> [UInt8]? {
    for folder in folders() {
      for path in paths(of: name, in: folder) {
        if let bytes = contents(of: path) { return bytes }
      }
    }
    return nil
  }

  /// The terminal that one is taken for which nothing is known about.
  static let carriedName = "xterm-256color"

  /// That terminal as ncurses 6.4 describes it (MIT licence), for machines that have no descriptions or older ones.
  static var carried: [UInt8] { PackageResources.xterm_256color }

  /// What `start` gives while ncurses finds a description.
  static func using<Started>(_ description: [UInt8], _ start: () -> Started) -> Started {
    let digits = Array("0123456789ABCDEF".utf8)
    let text = description.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    let before = getenv(variable).map { String(cString: $0) }
    setenv(variable, "hex:" + String(decoding: text, as: UTF8.self), 1)
    defer {
      if let before { setenv(variable, before, 1) } else { unsetenv(variable) }
    }
    return start()
  }

  private static let variable = "TERMINFO"

  /// Where descriptions are, in the order in which ncurses looks for them.
  private static func folders() -> [String] {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let own = value("HOME").map { $0 + "/.terminfo" }
    let listed = (value("TERMINFO_DIRS") ?? "").split(separator: ":").map { String($0) }
    return [value(variable), own].compactMap { $0 } + listed
      + ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo"]
  }

  /// A folder for each first letter, or on file systems blind to case for its code.
  private static func paths(of name: String, in folder: String) -> [String] {
    guard let first = name.utf8.first, !name.contains("/") else { return [] }
    return ["\(Character(Unicode.Scalar(first)))", String(first, radix: 16)].map { "\(folder)/\($0)/\(name)" }
  }

  /// The largest description that ncurses reads.
  private static let mostBytes = 32_768

  private static func contents(of path: String) -> [UInt8]? {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
      return nil
    }
    let bytes = try? descriptor.closeAfter {
      try [UInt8](unsafeUninitializedCapacity: mostBytes) { buffer, count in
        count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
    return bytes.flatMap { $0.isEmpty ? nil : $0 }
  }
}
