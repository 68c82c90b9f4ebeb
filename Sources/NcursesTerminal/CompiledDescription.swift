/// The parts of a compiled terminal description; numbers are little-endian, of 16 bits, or of 32 in the newer form.
struct CompiledDescription {
  private let bytes: [UInt8]
  /// Bytes of a number.
  private let numberSize: Int
  private let numbers: Int
  private let numberCount: Int
  private let offsets: Int
  private let stringCount: Int
  private let table: Int
  private let tableSize: Int

  private static let headerSize = 12
  private static let sizesByMagic = [0o432: 2, 0o1036: 4]
  /// Places of `colors` and `pairs` among the numbers, and of `setaf` and `setab` among the strings.
  private static let colors = 13
  private static let pairs = 14
  private static let setForeground = 359
  private static let setBackground = 360

  /// `nil` where the bytes are no description, or one too old to know colours.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerSize else { return nil }
    let header = (0..<6).map { Int(bytes[2 * $0]) | Int(bytes[2 * $0 + 1]) << 8 }
    guard let numberSize = Self.sizesByMagic[header[0]] else { return nil }
    self.bytes = bytes
    self.numberSize = numberSize
    let flags = Self.headerSize + header[1] + header[2]
    numbers = flags + flags % 2
    numberCount = header[3]
    offsets = numbers + numberCount * numberSize
    stringCount = header[4]
    table = offsets + stringCount * 2
    tableSize = header[5]
    guard table + tableSize <= bytes.count, numberCount > Self.pairs, stringCount > Self.setBackground else {
      return nil
    }
  }

  /// The same terminal with ``TerminalDescription/directColors`` colours; `nil` for one without colours.
  func withDirectColors() -> [UInt8]? {
    guard number(at: offsets + 2 * Self.setForeground, size: 2) < 0x8000 else { return nil }
    var head = Array(bytes[..<table])
    var strings = Array(bytes[table..<table + tableSize])
    put(
      Int(TerminalDescription.directColors), at: numbers + Self.colors * numberSize, size: numberSize,
      in: &head)
    put(Int(Int16.max), at: numbers + Self.pairs * numberSize, size: numberSize, in: &head)
    for (place, base) in [(Self.setForeground, 3), (Self.setBackground, 4)] {
      put(strings.count, at: offsets + 2 * place, size: 2, in: &head)
      strings += Array(Self.setColor(base).utf8) + [0]
    }
    // What follows, the capabilities that a description may add, begins at an even place.
    if strings.count % 2 != 0 { strings.append(0) }
    put(strings.count, at: 10, size: 2, in: &head)
    let added = table + tableSize
    return head + strings + bytes[min(bytes.count, added + added % 2)...]
  }

  /// Numbers below 8 are colours of a console, others have five bits each of red, green and blue.
  private static func setColor(_ base: Int) -> String {
    let part = "%{31}%&%{255}%*%{31}%/%d"
    return "\u{1B}[%?%p1%{8}%<%t\(base)%p1%d%e\(base)8;2;%p1%{1024}%/\(part);%p1%{32}%/\(part);%p1\(part)%;m"
  }

  private func number(at place: Int, size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  private func put(_ value: Int, at place: Int, size: Int, in head: inout [UInt8]) {
    for byte in 0..<size { head[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }
}
