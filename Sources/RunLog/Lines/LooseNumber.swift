#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A number in a text, as people and programs write it: with a sign, an exponent, a percent sign that is dropped, a
/// decimal comma, or `nan` and `infinity` in any case.
enum LooseNumber: Equatable {
  case plain(Double)
  /// One comma: the decimal point of some countries, or, where it may be, the separator of thousands of others.
  case comma(decimal: Double, thousands: Double?)

  private static let longest = 64

  /// The number that a whole text is; `nil` for all else.
  init?(_ text: UnsafeRawBufferPointer) {
    // Nearly all are.
    if let number = text.plainNumber {
      self = .plain(number)
      return
    }
    var rest = text[...].drop { $0.isSpace }
    while let last = rest.last, last.isSpace { rest = rest.dropLast() }
    if rest.last == UInt8(ascii: "%"), rest.count > 1 { rest = rest.dropLast() }
    guard let first = rest.first, rest.count < Self.longest else { return nil }
    let unsigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? rest.dropFirst() : rest
    guard let start = unsigned.first else { return nil }
    if !start.isDigit, start != UInt8(ascii: ".") {
      guard let word = Self.word(unsigned) else { return nil }
      self = .plain(first == UInt8(ascii: "-") ? -word : word)
    } else if let thousands = Self.thousands(rest, unsigned) {
      self = .plain(thousands)
    } else if let comma = unsigned.firstIndex(of: UInt8(ascii: ",")) {
      let (whole, part) = (unsigned[..<comma], unsigned[(comma + 1)...])
      guard !whole.isEmpty, whole.allSatisfy(\.isDigit), let decimal = Self.value(rest, comma: ".") else {
        return nil
      }
      let isThousands =
        whole.count <= 3 && whole.first != UInt8(ascii: "0") && part.prefix(3).count == 3
        && part.prefix(3).allSatisfy(\.isDigit) && !(part.dropFirst(3).first?.isDigit ?? false)
      self = .comma(decimal: decimal, thousands: isThousands ? Self.value(rest, comma: nil) : nil)
    } else {
      guard let value = Self.value(rest, comma: nil) else { return nil }
      self = .plain(value)
    }
  }

  init?(_ text: some StringProtocol) {
    var copy = String(text)
    guard let number = copy.withUTF8({ LooseNumber(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = number
  }

  /// The number whose thousands several commas separate: they cannot be its point.
  private static func thousands(
    _ text: Slice<UnsafeRawBufferPointer>, _ unsigned: Slice<UnsafeRawBufferPointer>
  ) -> Double? {
    let groups = unsigned.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard groups.count > 2, (1...3).contains(groups[0].count), groups[0].allSatisfy(\.isDigit),
      groups.dropFirst().dropLast().allSatisfy({ $0.count == 3 && $0.allSatisfy(\.isDigit) }),
      let last = groups.last, last.prefix(3).count == 3, last.prefix(3).allSatisfy(\.isDigit),
      last.dropFirst(3).first.map({ !$0.isDigit }) ?? true
    else { return nil }
    return value(text, comma: nil)
  }

  private static func word(_ text: Slice<UnsafeRawBufferPointer>) -> Double? {
    guard text.count == 3 || text.count == 8 else { return nil }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "nan": return .nan
    case "inf", "infinity": return .infinity
    default: return nil
    }
  }

  /// The value of digits with a point and an exponent; a comma is replaced, or left out.
  private static func value(_ text: Slice<UnsafeRawBufferPointer>, comma: Character?) -> Double? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: longest + 1) { copy in
      var count = 0
      var hasPoint = false
      for byte in text {
        var byte = byte
        if byte == UInt8(ascii: ",") {
          guard let comma = comma?.asciiValue else { continue }
          byte = comma
        }
        let isExponent = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        guard byte.isDigit || byte == UInt8(ascii: ".") || isExponent || isSign else { return nil }
        if byte == UInt8(ascii: ".") {
          if hasPoint { return nil }
          hasPoint = true
        }
        copy[count] = CChar(bitPattern: byte)
        count += 1
      }
      copy[count] = 0
      var end: UnsafeMutablePointer<CChar>?
      guard let start = copy.baseAddress else { return nil }
      let value = strtod(start, &end)
      return end == start + count && count > 0 ? value : nil
    }
  }
}

/// What a comma means in the texts of each key: the decimal point, unless every value so far may have thousands.
struct CommaHabits {
  private var isDecimal: Set<UInt32> = []
  /// Keys whose values have commas, in the order in which they came, until they are told of.
  private(set) var news: [UInt32] = []
  private var known: Set<UInt32> = []

  mutating func forgetNews() { news = [] }

  /// The value of a number of a key.
  mutating func value(_ number: LooseNumber, of key: UInt32) -> Double {
    switch number {
    case .plain(let value): return value
    case .comma(let decimal, let thousands):
      if known.insert(key).inserted { news.append(key) }
      guard let thousands, !isDecimal.contains(key) else {
        isDecimal.insert(key)
        return decimal
      }
      return thousands
    }
  }
}

extension RecordBatch {
  /// Tells that a key's values have commas, and how one was read.
  mutating func tell(comma text: String, as value: Double, of key: String, line: Int) {
    notices.append(
      LogNotice(
        position: records.count, line: line,
        kind: .remark("numbers of \(key) have commas: kltop reads \(text) as \(value)")))
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  /// A letter of ASCII.
  var isLetter: Bool { (0x41...0x5A).contains(self & 0xDF) }
}
