/// An object of JSON that a program prints over several lines, `metrics: {` and what follows, between other text.
struct SpreadObject {
  private var text: [UInt8] = []
  private var depth = 0
  private var lines = 0

  /// True while an object is not at its end.
  var isOpen: Bool { depth > 0 }

  private static let mostLines = 256
  private static let longest = 1 << 16

  /// Takes in the next line; the whole object at the line that ends it.
  mutating func add(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
    let line = line.trimmedAtEnd
    if depth == 0 {
      guard line.last == UInt8(ascii: "{"), let brace = line.lastIndex(of: UInt8(ascii: "{")) else {
        return nil
      }
      begin()
      take(UnsafeRawBufferPointer(rebasing: line[brace...]))
      return nil
    }
    take(line)
    lines += 1
    if depth > 0, lines < Self.mostLines, text.count < Self.longest { return nil }
    defer { begin() }
    return depth == 0 ? text : nil
  }

  private mutating func begin() {
    text = []
    depth = 0
    lines = 0
  }

  private mutating func take(_ line: UnsafeRawBufferPointer) {
    var isText = false
    var isEscaped = false
    for byte in line {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
        default: break
        }
      }
      if depth == 0, !isText {
        // What stands behind the end is no part of it.
        text.append(byte)
        return
      }
      text.append(byte)
    }
    text.append(UInt8(ascii: " "))
  }
}
