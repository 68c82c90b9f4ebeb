/// Walks a line once, from number to number.
struct PairScanner {
  let line: PrintedLine
  private(set) var position = 0
  /// Where the name of the next number may begin.
  private(set) var nameStart = 0
  /// Where a field begins that is one name and one number; `nil` behind a pair inside a field.
  private(set) var fieldStart: Int? = 0
  var found = PairLine()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    line = PrintedLine(bytes)
  }

  var bytes: UnsafeBufferPointer<UInt8> { line.bytes }

  mutating func scan() {
    if takeTerse() { return }
    takeLeadingBar()
    takeLeadingCount()
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\t"), UInt8(ascii: "]"),
        UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"):
        endField(at: position)
      case UInt8(ascii: "["):
        if takeWord(before: position) || takeBracketed() { continue }
        takeBar()
        endField(at: position)
      case UInt8(ascii: "("): takeCount(inParentheses: position)
      case UInt8(ascii: "-") where line.isSpace(position - 1) && line.isSpace(position + 1):
        endField(at: position)
      case UInt8(ascii: ":"), UInt8(ascii: "="): if takePair() { continue }
      case UInt8(ascii: "#"), UInt8(ascii: " "): if takeWord(before: position) { continue }
      default: break
      }
      position += 1
    }
    endField(at: position)
  }

  mutating func begin(behind end: Int) {
    var after = end
    while let byte = line.byte(after), byte == UInt8(ascii: ":") || byte == UInt8(ascii: " ") { after += 1 }
    begin(at: after)
  }

  /// A number behind `:` or `=` and what is before it.
  private mutating func takePair() -> Bool {
    let isColon = bytes[position] == UInt8(ascii: ":")
    var next = line.skippingBlanks(position + 1)
    // `Loss 2.5:` is a field that a bar follows.
    if isColon, line.isSpace(position + 1), isField(before: position) {
      endField(at: position)
      return false
    }
    var name = name(before: position, isWord: !isColon)
    let word = PairWord.of(name)
    if word != .metric, word != .ignored, takeCount(word, at: next) { return true }
    if line.starts("tensor(", at: next) { next += 7 }
    guard let (value, end) = line.number(at: next), let after = line.endsWell(end),
      word == .metric || word == .ignored || line.byte(end) != UInt8(ascii: "%")
    else {
      // A value that is no number ends the name as well.
      if isColon, line.byte(next)?.isDigit != true {
        begin(at: position + 1, isField: found.hasPlace)
      } else {
        skipWord(from: next)
      }
      return !isColon || line.byte(next)?.isDigit == true
    }
    if isColon, line.byte(position + 1)?.isDigit == true, isPlaceOrTime(name, end: after) { name = "" }
    if isUsable(name) { found.add(name, value) }
    begin(at: after, isField: false)
    return true
  }

  /// `10:30` of a clock, and the `[file:12]` or `(file:12) INFO` of a place in a program.
  private func isPlaceOrTime(_ name: String, end: Int) -> Bool {
    if name.split(separator: " ").last?.allSatisfy(\.isNumber) == true { return true }
    if line.byte(end) == UInt8(ascii: ")"), Self.levels.contains(where: { line.starts($0, at: end + 2) }) {
      return true
    }
    return line.byte(end) == UInt8(ascii: "]") && bytes[..<position].lastIndex(of: UInt8(ascii: "[")) != nil
      && !name.contains(" ") || name.hasSuffix(".py")
  }

  private static let levels: [StaticString] = ["INFO", "DEBUG", "WARNING", "ERROR"]

  /// True where a name and a number stand before a position, and nothing else.
  func isField(before end: Int) -> Bool {
    guard let start = fieldStart, start < end, end - start < 80 else { return false }
    let words = line.text(start, end).split(separator: " ")
    guard (2...5).contains(words.count), let last = words.last, Self.startsNumber(last),
      words.dropLast().allSatisfy({ !Self.startsNumber($0) }),
      PairWord.of(Self.name(words.dropLast())) == .metric
    else { return false }
    return Self.number(String(last)) != nil
  }

  /// A field that is a name and a number, `train loss 4.18` or `time 32.11ms`, or several of them one after another.
  mutating func endField(at end: Int) {
    defer { (nameStart, fieldStart) = (end + 1, end + 1) }
    guard let start = fieldStart, start < end, end - start < 160 else { return }
    var words = Self.withoutRemark(line.text(start, end)).split(separator: " ")[...]
    guard (2...24).contains(words.count) else { return }
    var pairs: [(name: String, value: Double)] = []
    while let index = words.indices.dropFirst().first(where: { Self.startsNumber(words[$0]) }) {
      let name = Self.name(words[..<index])
      guard words.startIndex.distance(to: index) <= 5, let value = Self.number(String(words[index])),
        isUsable(name),
        name.utf8.first?.isLetter == true || name.hasPrefix("_")
      else { return }
      pairs.append((name, value))
      words = words[(index + 1)...]
    }
    // A unit may stand behind a single number; between several there is none.
    guard words.count <= (pairs.count == 1 ? 1 : 0) else { return }
    for (name, value) in pairs { found.add(name, value) }
  }

  /// Without the `(avg 2.1)` or `( 0.6)` at the end of a field.
  private static func withoutRemark(_ field: String) -> Substring {
    let field = field[...].trimmedAtEnd
    guard field.last == ")", let open = field.lastIndex(of: "("), open > field.startIndex,
      field[field.index(before: open)] == " "
    else { return field }
    return field[..<open].trimmedAtEnd
  }

  /// The name that words before a number are, without what leads up to the number, and without marks of a list.
  static func name(_ words: ArraySlice<Substring>) -> String {
    var words = words.drop { word in
      !word.utf8.contains { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
    if words.count > 1, let last = words.last, connectors.contains(last.lowercased()) { words.removeLast() }
    return words.joined(separator: " ")
  }

  private static let connectors: Set<String> = ["is", "was", "of", "->", "=>", "→"]

  /// The number that a word is, without its unit.
  static func number(_ word: String) -> Double? {
    var word = word
    return word.withUTF8 { bytes in
      let line = PrintedLine(bytes)
      guard let (value, end) = line.number(at: 0), line.endsWell(end) == bytes.count else { return nil }
      return value
    }
  }

  private static func startsNumber(_ word: Substring) -> Bool {
    guard let first = word.utf8.first else { return false }
    return first.isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
      || ["nan", "inf"].contains(word.prefix(3).lowercased())
  }

  mutating func begin(at start: Int, isField: Bool = true) {
    nameStart = start
    fieldStart = isField ? start : nil
    position = max(position, start)
  }

  private mutating func skipWord(from start: Int) {
    var end = start
    while let byte = line.byte(end), byte != UInt8(ascii: " "), byte != UInt8(ascii: ","),
      byte != UInt8(ascii: "\t")
    {
      end += 1
    }
    let next = max(end, position + 1)
    if line.byte(start)?.isDigit == true { noteCounts(before: end, from: start) }
    begin(at: end, isField: false)
    position = next
  }

  func name(before end: Int, isWord: Bool) -> String {
    var last = end
    while last > nameStart, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
    var start = nameStart
    if isWord, let blank = bytes[nameStart..<max(last, nameStart)].lastIndex(of: UInt8(ascii: " ")) {
      start = blank + 1
    }
    while start < last, Self.leadingMarks.contains(bytes[start]) {
      // `(2.1)` between two pairs is a remark on the first.
      let close =
        bytes[start] == UInt8(ascii: "(") ? bytes[start..<last].firstIndex(of: UInt8(ascii: ")")) : nil
      start = (close ?? start) + 1
    }
    return Self.name(line.text(start, last).split(separator: " ")[...])
  }

  /// What may stand before a name and is no part of it.
  private static let leadingMarks = Set(" .()[]{}<>|*#-".utf8)

  func isUsable(_ name: String) -> Bool {
    name.utf8.count <= 80 && name.utf8.contains(where: \.isLetter) && name.split(separator: " ").count <= 8
      && !name.replacing("'s ", with: " ").utf8.contains {
        $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "`")
      }
  }

}

extension Substring {
  /// Without blanks at the end.
  fileprivate var trimmedAtEnd: Substring {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
