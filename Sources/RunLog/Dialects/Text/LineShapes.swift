/// Lines of text that differ from each other in nothing but their numbers.
///
/// To find the pairs of one line takes many strings. A program prints the same line again and again: once a shape of
/// line was seen a few times, it is found out by trying which of its numbers says what, and lines of that shape are read
/// from their numbers alone.
struct LineShapes {
  private enum Known {
    /// So many lines had it.
    case seen(Int)
    case shape(LineShape)
    /// What its numbers say is not told by the shape alone.
    case unclear
  }

  private var known: [UInt64: Known] = [:]
  private var tokens = NumberTokens()
  private var tries = 0

  /// Lines of a shape before it is tried.
  private static let fewLines = 4
  /// Garbage has as many shapes as lines.
  private static let mostShapes = 1024
  private static let mostTries = 64

  /// What a line of a known shape says; `nil` for every other line.
  ///
  /// The numbers of its pairs are written into `values`.
  mutating func read(_ line: UnsafeRawBufferPointer, _ values: inout [Double]) -> LineShape.Place? {
    guard tokens.find(in: line), case .shape(let shape) = known[tokens.hash] else { return nil }
    return shape.read(line, tokens, &values)
  }

  /// Takes note of a line that holds pairs.
  ///
  /// - Parameters:
  ///   - pairs: what it says.
  ///   - keys: the keys under which its pairs were taken in.
  mutating func note(_ line: UnsafeRawBufferPointer, _ pairs: PairLine, keys: [UInt32]) {
    guard tries < Self.mostTries, tokens.find(in: line) else { return }
    let seen: Int
    switch known[tokens.hash] {
    case .seen(let lines): seen = lines + 1
    case .shape, .unclear: return
    case nil: seen = 1
    }
    if known.count >= Self.mostShapes { known.removeAll(keepingCapacity: true) }
    guard seen >= Self.fewLines else {
      known[tokens.hash] = .seen(seen)
      return
    }
    tries += 1
    known[tokens.hash] =
      LineShape(line, tokens, pairs, keys: keys).map { .shape($0) } ?? .unclear
  }
}

/// What stands between the numbers of a line, and what each of its numbers says.
struct LineShape {
  /// Where the training is, as far as numbers of the line say it.
  struct Place {
    var step: Int?
    var epoch: Double?
    var bar: (done: Int, total: Int)?
    var phase: Phase
    /// The keys of its pairs, and that of the epoch where it names a step too.
    var keys: [UInt32]
  }

  /// How a number that says the same may be written.
  private struct Form: OptionSet {
    let rawValue: UInt8

    static let sign = Form(rawValue: 1)
    static let fraction = Form(rawValue: 2)
    static let exponent = Form(rawValue: 4)
  }

  private struct Number {
    /// What it says; of nothing its digits may be any.
    var field = PairLine.Field.nothing
    /// A bit for every form that was tried and says the same.
    private var forms: UInt8 = 0

    init(_ field: PairLine.Field = .nothing) { self.field = field }

    var isOfNoForm: Bool { forms == 0 }
    func mayBe(_ form: Form) -> Bool { forms & 1 << form.rawValue != 0 }
    mutating func add(_ form: Form) { forms |= 1 << form.rawValue }
  }

  private let text: [UInt8]
  private let ranges: [Range<Int>]
  private var numbers: [Number] = []
  private let pairs: PairLine
  private let keys: [UInt32]

  /// Numbers that are longer are read with care.
  private static let longestNumber = 22
  private static let longest = 1000
  private static let mostNumbers = 64

  /// Finds out by trying what each number of a line says.
  ///
  /// - Parameters:
  ///   - tokens: the numbers of the line.
  ///   - pairs: what the line says.
  /// - Returns: `nil` where the shape of the line does not tell it.
  init?(_ line: UnsafeRawBufferPointer, _ tokens: borrowing NumberTokens, _ pairs: PairLine, keys: [UInt32]) {
    guard line.count <= Self.longest, (1...Self.mostNumbers).contains(tokens.all.count),
      line.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }),
      !line.contains(where: Self.mayBeMore), !line.contains("%|"), !line.contains(" stdout "),
      !line.contains(" stderr "), pairs.isCandidate, pairs.hasMetric
    else { return nil }
    text = Array(line)
    ranges = tokens.all.map(\.range)
    self.pairs = pairs
    self.keys = keys
    for index in ranges.indices {
      guard let number = number(index, isRigid: tokens.all[index].isRigid) else { return nil }
      numbers.append(number)
    }
    guard says(pairs, [:]), isTheSameAtBothEnds() else { return nil }
  }

  /// Marks of objects, of quotes and of drawings, which other readers look for.
  private static func mayBeMore(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"),
      UInt8(ascii: "\\"), UInt8(ascii: "\r"), 0x1B:
      true
    default: false
    }
  }

  // MARK: - Trying

  /// The line with other numbers in some places.
  private func says(_ expected: PairLine, _ others: [Int: [UInt8]]) -> Bool {
    said(others).map { Self.isTheSame($0, expected) } ?? false
  }

  private func said(_ others: [Int: [UInt8]]) -> PairLine? {
    var line: [UInt8] = []
    var end = 0
    for (index, range) in ranges.enumerated() {
      line += text[end..<range.lowerBound]
      line += others[index] ?? Array(text[range])
      end = range.upperBound
    }
    line += text[end...]
    return line.withUnsafeBytes { PairLine($0) }
  }

  private static func isTheSame(_ left: PairLine, _ right: PairLine) -> Bool {
    left.step == right.step && left.epoch == right.epoch && left.phase == right.phase
      && left.bar?.done == right.bar?.done && left.bar?.total == right.bar?.total
      && left.pairs.elementsEqual(right.pairs) {
        $0.name == $1.name && ($0.value == $1.value || $0.value.isNaN && $1.value.isNaN)
      }
  }

  /// What the line of the shape would say with another number in a place.
  private func changed(_ field: PairLine.Field, to value: Double, _ line: PairLine) -> PairLine? {
    var line = line
    return line.set(field, to: value) ? line : nil
  }

  /// What a number says, and how it may be written; `nil` where its digits matter in another way.
  private func number(_ index: Int, isRigid: Bool) -> Number? {
    let range = ranges[index]
    let otherDigits = text[range].map { $0.isDigit ? UInt8(ascii: "9") - ($0 - UInt8(ascii: "0")) : $0 }
    if isRigid { return says(pairs, [index: otherDigits]) ? Number() : nil }
    let probe = Self.probe(otherThan: Array(text[range]))
    guard let said = said([index: probe.text]) else { return nil }
    if Self.isTheSame(said, pairs) { return says(pairs, [index: otherDigits]) ? Number() : nil }
    let fields: [PairLine.Field] = pairs.pairs.indices.map { .pair($0) } + [.step, .epoch, .done, .total]
    let found = fields.first { field in
      changed(field, to: probe.value, pairs).map { Self.isTheSame(said, $0) } ?? false
    }
    guard let found else { return nil }
    var number = Number(found)
    for (form, text, value) in Self.samples {
      if let expected = changed(found, to: value, pairs), says(expected, [index: text]) { number.add(form) }
    }
    return number.isOfNoForm ? nil : number
  }

  /// A number of the same form and another value.
  private static func probe(otherThan text: [UInt8]) -> (text: [UInt8], value: Double) {
    let isWhole = text.allSatisfy(\.isDigit)
    let probes: [(String, Double)] = isWhole ? [("41", 41), ("43", 43)] : [("4.25", 4.25), ("4.75", 4.75)]
    let probe = Array(probes[0].0.utf8) == text ? probes[1] : probes[0]
    return (Array(probe.0.utf8), probe.1)
  }

  private static let samples: [(Form, [UInt8], Double)] = [
    ([], "47", 47), (.fraction, "4.25", 4.25), (.exponent, "4e-05", 4e-05),
    ([.exponent, .fraction], "4.25e-05", 4.25e-05), (.sign, "-47", -47),
    ([.sign, .fraction], "-4.25", -4.25),
    ([.sign, .exponent], "-4e-05", -4e-05), ([.sign, .exponent, .fraction], "-4.25e-05", -4.25e-05),
  ].map { ($0.0, Array($0.1.utf8), $0.2) }

  /// Spans of a line have greatest lengths: what holds for the shortest and the longest numbers holds between.
  private func isTheSameAtBothEnds() -> Bool {
    for isLong in [false, true] {
      var others: [Int: [UInt8]] = [:]
      var expected = pairs
      for (index, number) in numbers.enumerated() where number.field != .nothing {
        let (text, value) = Self.extreme(number, isLong: isLong)
        others[index] = Array(text.utf8)
        guard let changed = changed(number.field, to: value, expected) else { return false }
        expected = changed
      }
      guard says(expected, others) else { return false }
    }
    return true
  }

  private static func extreme(_ number: Number, isLong: Bool) -> (text: String, value: Double) {
    guard isLong else { return number.mayBe([]) ? ("7", 7) : ("4.5", 4.5) }
    if number.mayBe([.sign, .exponent, .fraction]) {
      return ("-1.23456789012345e-105", -1.23456789012345e-105)
    }
    return number.mayBe(.fraction)
      ? ("4.25000000000000000000", 4.25) : ("123456789012345", 123_456_789_012_345)
  }

  // MARK: - Reading

  /// What a line of the shape says; `nil` where it is of another shape after all.
  func read(
    _ line: UnsafeRawBufferPointer, _ tokens: borrowing NumberTokens, _ values: inout [Double]
  ) -> Place? {
    guard tokens.all.count == ranges.count, line.count <= Self.longest else { return nil }
    values.removeAll(keepingCapacity: true)
    for pair in pairs.pairs { values.append(pair.value) }
    var place = Place(step: pairs.step, epoch: pairs.epoch, bar: pairs.bar, phase: pairs.phase, keys: keys)
    var (end, ownEnd) = (0, 0)
    for index in ranges.indices {
      let (range, own) = (tokens.all[index].range, ranges[index])
      guard isLiteral(line, end..<range.lowerBound, ownEnd..<own.lowerBound) else { return nil }
      (end, ownEnd) = (range.upperBound, own.upperBound)
      let bytes = UnsafeRawBufferPointer(rebasing: line[range])
      switch numbers[index].field {
      case .nothing:
        guard hasTheSameForm(bytes, own) else { return nil }
      case .pair(let pair):
        guard let value = value(bytes, numbers[index]) else { return nil }
        values[pair] = value
      case .epoch:
        guard let value = value(bytes, numbers[index]) else { return nil }
        place.epoch = value
      case .step:
        guard let count = count(bytes) else { return nil }
        place.step = count
      case .done:
        guard let count = count(bytes) else { return nil }
        place.bar?.done = count
      case .total:
        guard let count = count(bytes) else { return nil }
        place.bar?.total = count
      }
    }
    return isLiteral(line, end..<line.count, ownEnd..<text.count) ? place : nil
  }

  private func isLiteral(_ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ own: Range<Int>) -> Bool {
    guard range.count == own.count else { return false }
    for offset in 0..<range.count where line[range.lowerBound + offset] != text[own.lowerBound + offset] {
      return false
    }
    return true
  }

  private func hasTheSameForm(_ bytes: UnsafeRawBufferPointer, _ own: Range<Int>) -> Bool {
    guard bytes.count == own.count else { return false }
    for (offset, byte) in bytes.enumerated() {
      let ownByte = text[own.lowerBound + offset]
      guard byte == ownByte || byte.isDigit && ownByte.isDigit else { return false }
    }
    return true
  }

  private func value(_ bytes: UnsafeRawBufferPointer, _ number: Number) -> Double? {
    guard bytes.count <= Self.longestNumber else { return nil }
    var form: Form = bytes.first == UInt8(ascii: "-") ? .sign : []
    for byte in bytes {
      if byte == UInt8(ascii: ".") { form.insert(.fraction) }
      if byte | 0x20 == UInt8(ascii: "e") { form.insert(.exponent) }
    }
    return number.mayBe(form) ? bytes.plainNumber : nil
  }

  private func count(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count <= 15, bytes.allSatisfy(\.isDigit) else { return nil }
    return bytes.plainInteger
  }
}

/// The numbers of a line, found by their bytes alone, and a hash of what stands between them.
struct NumberTokens {
  struct Token {
    var range: Range<Int>
    /// It has commas or several points between its digits: what it is depends on them.
    var isRigid: Bool
  }

  private(set) var all: ContiguousArray<Token> = []
  private(set) var hash: UInt64 = 0

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  /// Finds the numbers of a line; false where it has none.
  mutating func find(in line: UnsafeRawBufferPointer) -> Bool {
    all.removeAll(keepingCapacity: true)
    var hash = Self.seed
    var position = 0
    var before = UInt8(ascii: " ")
    while position < line.count {
      let byte = line[position]
      let isStart =
        !Self.isPartOfWord(before)
        && (byte.isDigit
          || byte == UInt8(ascii: "-") && position + 1 < line.count && line[position + 1].isDigit)
      if isStart {
        let token = Self.token(at: position, in: line)
        all.append(token)
        hash = (hash ^ (token.isRigid ? 2 : 1)) &* Self.prime
        position = token.range.upperBound
        before = line[position - 1]
      } else {
        hash = (hash ^ UInt64(byte)) &* Self.prime
        before = byte
        position += 1
      }
    }
    self.hash = hash
    return !all.isEmpty
  }

  /// A letter, a digit, a mark of a name, or a point: digits behind it are no number of their own.
  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte >= 0x80
  }

  private static func token(at start: Int, in line: UnsafeRawBufferPointer) -> Token {
    func byte(_ index: Int) -> UInt8 { index < line.count ? line[index] : 0 }
    var end = start + 1
    while byte(end).isDigit { end += 1 }
    if byte(end) == UInt8(ascii: "."), byte(end + 1).isDigit {
      end += 1
      while byte(end).isDigit { end += 1 }
    }
    if byte(end) | 0x20 == UInt8(ascii: "e") {
      let isSigned = byte(end + 1) == UInt8(ascii: "-") || byte(end + 1) == UInt8(ascii: "+")
      let exponent = end + (isSigned ? 2 : 1)
      if byte(exponent).isDigit {
        end = exponent
        while byte(end).isDigit { end += 1 }
      }
    }
    var isRigid = false
    while byte(end) == UInt8(ascii: ".") || byte(end) == UInt8(ascii: ","), byte(end + 1).isDigit {
      isRigid = true
      end += 1
      while byte(end).isDigit { end += 1 }
    }
    return Token(range: start..<end, isRigid: isRigid)
  }
}
