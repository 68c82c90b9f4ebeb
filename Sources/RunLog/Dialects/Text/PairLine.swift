/// A line of text that names a step, an epoch or the position of a progress bar, and numbers with their names.
struct PairLine {
  /// Names and values in their order.
  private(set) var pairs: [(name: String, value: Double)] = []
  /// The step, by its surest name.
  private(set) var step: Int?
  private(set) var epoch: Double?
  /// Position and length of a progress bar.
  private(set) var bar: (done: Int, total: Int)?
  /// An evaluation, where the line says so beside its epoch.
  private(set) var phase = Phase.train

  private var hasDrawnBar = false
  /// Lower for a surer name of the step.
  private var stepRank = Int.max

  /// Lines beyond this are no print of a trainer.
  private static let longest = 2000

  /// True where the line may be one of a log.
  var isCandidate: Bool { !pairs.isEmpty && hasPlace }

  /// Reads a line without escape sequences of terminals.
  init?(_ line: UnsafeRawBufferPointer) {
    guard line.count <= Self.longest, let first = line.firstVisibleByte, !Self.quotes.contains(first),
      line.contains(where: \.isDigit) || line.contains("nan") || line.contains("NaN"), !line.contains("\\n")
    else { return nil }
    self = line.withMemoryRebound(to: UInt8.self) { bytes in
      var scanner = PairScanner(bytes)
      scanner.scan()
      return scanner.found
    }
  }

  fileprivate init() {}

  /// A line with numbers that somebody else found.
  init(pairs: [(name: String, value: Double)], step: Int?, epoch: Double?, bar: (done: Int, total: Int)?) {
    (self.pairs, self.step, self.epoch, self.bar) = (pairs, step, epoch, bar)
  }

  /// A name is one that only trainings and evaluations use.
  var hasMetric: Bool { pairs.contains { MetricWord.isIn($0.name) } }

  /// It says where the training is.
  var hasPlace: Bool { step != nil || epoch != nil || bar != nil }

  /// Takes the step of a line above, where it names none.
  mutating func takePlace(of head: PairLine) {
    if !hasPlace { (step, epoch, bar) = (head.step, head.epoch, head.bar) }
  }

  /// One of the numbers that a line names.
  enum Field: Equatable {
    case pair(Int)
    case step, epoch, done, total, nothing
  }

  /// Puts another number in a place that has one; false where there is none, or where the number cannot stand there.
  mutating func set(_ field: Field, to value: Double) -> Bool {
    switch field {
    case .pair(let index): pairs[index].value = value
    case .step where step != nil: step = Int(exactly: value)
    case .epoch where epoch != nil: epoch = value
    case .done where bar != nil: bar?.done = Int(exactly: value) ?? -1
    case .total where bar != nil: bar?.total = Int(exactly: value) ?? -1
    case .step, .epoch, .done, .total, .nothing: return false
    }
    return true
  }

  private static let quotes: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]

  /// Takes a pair that a line has; names of steps and epochs are no metrics.
  fileprivate mutating func add(_ name: String, _ value: Double) {
    switch PairWord.of(name) {
    case .step(let rank) where Int(exactly: value) != nil: addStep(Int(value), rank: rank)
    case .epoch: if epoch == nil { epoch = value }
    case .ignored: break
    default: if !pairs.contains(where: { $0.name == name }) { pairs.append((name, value)) }
    }
  }

  fileprivate mutating func addStep(_ step: Int, rank: Int) {
    guard rank < stepRank else { return }
    (self.step, stepRank) = (step, rank)
  }

  fileprivate mutating func addEpoch(_ epoch: Double) { if self.epoch == nil { self.epoch = epoch } }
  fileprivate mutating func noteEvaluation() { phase = .eval }
  /// A bar that is drawn says more than two numbers in brackets.
  fileprivate mutating func addBar(_ done: Int, _ total: Int, isDrawn: Bool = true) {
    guard bar == nil || isDrawn && !hasDrawnBar else { return }
    (bar, hasDrawnBar) = ((done, total), isDrawn)
  }
}

/// What a word in front of a number means.
enum PairWord: Equatable {
  /// The surest name has rank 0.
  case step(rank: Int)
  case epoch
  /// A number that says nothing about the training.
  case ignored
  case metric

  private static let words: [String: PairWord] = {
    var words: [String: PairWord] = [
      "eta": .ignored, "rank": .ignored, "epoch": .epoch, "epochs": .epoch, "ep": .epoch,
    ]
    let steps = [
      ["step", "steps", "global_step", "global_steps", "num_updates", "train_step", "training_step"],
      ["iter", "iters", "iteration", "iterations", "iter_num", "it", "update", "updates"],
      ["batch", "minibatch"],
    ]
    for (rank, names) in steps.enumerated() {
      for name in names { words[name] = .step(rank: rank) }
    }
    return words
  }()

  private static let levels: Set<String> = [
    "info", "debug", "warning", "warn", "error", "i", "train", "training",
  ]

  /// The meaning of a whole name, of whose words those of a log's level do not count.
  static func of(_ name: String) -> PairWord {
    guard name.utf8.count < 40 else { return .metric }
    // A step's own name may have one of these words.
    if let word = words[name.lowercased().split(separator: " ").joined(separator: "_")] { return word }
    let parts = name.lowercased().split(separator: " ").drop { levels.contains(String($0)) }
    return words[parts.joined(separator: "_")] ?? .metric
  }
}

/// Walks a line once, from number to number.
private struct PairScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Where the name of the next number may begin.
  private var nameStart = 0
  /// Where a field begins that is one name and one number; `nil` behind a pair inside a field.
  private var fieldStart: Int? = 0
  var found = PairLine()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func scan() {
    if takeTerse() { return }
    takeLeadingBar()
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
      case UInt8(ascii: "-") where isSpace(position - 1) && isSpace(position + 1): endField(at: position)
      case UInt8(ascii: ":"), UInt8(ascii: "="): if takePair() { continue }
      case UInt8(ascii: "#"), UInt8(ascii: " "): if takeWord(before: position) { continue }
      default: break
      }
      position += 1
    }
    endField(at: position)
  }

  /// `s:10 trl:2.5` of llm.c.
  private mutating func takeTerse() -> Bool {
    guard bytes.count > 6, bytes[0] == UInt8(ascii: "s"), bytes[1] == UInt8(ascii: ":"),
      let (step, end) = integer(at: 2), isSpace(end)
    else { return false }
    let name = text(end + 1, min(end + 4, bytes.count))
    let start = end + 1 + (name == "eva" ? 4 : 3)
    guard ["trl", "tel", "eva"].contains(name), byte(start) == UInt8(ascii: ":"),
      let (value, after) = number(at: start + 1), endsWell(after) != nil
    else { return false }
    found.addStep(step, rank: 0)
    found.add(name == "eva" ? "eval" : name, value)
    return true
  }

  /// `step 10`, `iter #10`, `Batch [10]`, `Epoch [1][10/100]`: the last word before a blank or a bracket.
  private mutating func takeWord(before end: Int) -> Bool {
    var last = end
    while last > 0, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
    let evaluates = takeSuffix(&last)
    var start = last
    while start > nameStart, isWordByte(bytes[start - 1]) { start -= 1 }
    guard last > start, last - start < 16, start == 0 || !isWordByte(bytes[start - 1]) else { return false }
    let word = PairWord.of(text(start, last))
    if word == .metric || word == .ignored { return false }
    var next = end
    while let byte = byte(next), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "#") { next += 1 }
    let named = nameBefore(start)
    guard let after = takeCount(word, at: next, evaluates: evaluates) else { return false }
    if let named, takeValue(of: named, behind: after) { return true }
    endField(at: start)
    begin(behind: after)
    return true
  }

  /// A count behind the name of a step or an epoch, in brackets or not, `/100` or `of 100` behind it, and what counts
  /// inside an epoch.
  ///
  /// - Returns: where it ends; `nil` where there is none.
  private mutating func takeCount(_ word: PairWord, at start: Int, evaluates: Bool) -> Int? {
    var next = start
    let isBracketed = byte(next) == UInt8(ascii: "[")
    if isBracketed { next = skippingBlanks(next + 1) }
    guard let (count, behind) = integer(at: next) else { return nil }
    var after = behind
    let total = total(at: &after)
    if isBracketed {
      guard byte(after) == UInt8(ascii: "]") else { return nil }
      after += 1
    } else if let byte = byte(after),
      isWordByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%")
    {
      return nil
    }
    if evaluates { found.noteEvaluation() }
    // An evaluation counts its own batches.
    if !evaluates || word == .epoch { note(word, count) }
    if word == .epoch, isBracketed, total == nil { takeIteration(at: &after, counts: !evaluates) }
    return after
  }

  /// The `Loss` of `Loss at step 10: 2.5`, before the name of the step.
  private func nameBefore(_ start: Int) -> String? {
    let words = text(nameStart, start).split(separator: " ")
    guard (2...5).contains(words.count), Self.places.contains(words[words.count - 1]) else { return nil }
    let name = Self.name(words.dropLast())
    return isUsable(name) ? name : nil
  }

  private static let places: Set<Substring> = ["at", "after", "for", "on", "in", "@"]

  /// The number behind `Loss at step 10:`.
  private mutating func takeValue(of name: String, behind start: Int) -> Bool {
    let sign = skippingBlanks(start)
    guard let byte = byte(sign), byte == UInt8(ascii: ":") || byte == UInt8(ascii: "="),
      let (value, end) = number(at: skippingBlanks(sign + 1)), let after = endsWell(end)
    else { return false }
    found.add(name, value)
    begin(at: after, isField: false)
    return true
  }

  /// `[10]` or `[1, 10]` at the start of a line, or behind another bracket: a step, or an epoch and a step. `loss[2.5]`
  /// is a pair.
  private mutating func takeBracketed() -> Bool {
    let open = position
    if open > 0, isWordByte(bytes[open - 1]) {
      guard let (value, end) = number(at: open + 1), byte(end) == UInt8(ascii: "]") else { return false }
      var start = open
      while start > nameStart, isWordByte(bytes[start - 1]) { start -= 1 }
      let name = text(start, open)
      guard isUsable(name), PairWord.of(name) == .metric, name.utf8.first?.isLetter == true else {
        return false
      }
      found.add(name, value)
      begin(at: end + 1)
      return true
    }
    let before = bytes[..<open].last { !$0.isSpace }
    guard before == nil || before == UInt8(ascii: "]"),
      let (first, comma) = integer(at: skippingBlanks(open + 1))
    else { return false }
    var end = comma
    if byte(comma) == UInt8(ascii: ",") {
      guard let (second, close) = integer(at: skippingBlanks(comma + 1)) else { return false }
      guard byte(close) == UInt8(ascii: "]"), isSpace(close + 1) else { return false }
      found.addEpoch(Double(first))
      found.addStep(second, rank: Self.bracketRank)
      end = close
    } else {
      guard byte(comma) == UInt8(ascii: "]"), isSpace(comma + 1) || byte(comma + 1) == UInt8(ascii: ":")
      else {
        return false
      }
      found.addStep(first, rank: Self.bracketRank)
    }
    begin(behind: end + 1)
    return true
  }

  /// A number that only its place says to be a step.
  private static let bracketRank = 3

  /// `(10/80)`.
  private mutating func takeCount(inParentheses open: Int) {
    guard let (done, slash) = integer(at: open + 1), byte(slash) == UInt8(ascii: "/"),
      let (total, end) = integer(at: slash + 1), byte(end) == UInt8(ascii: ")")
    else { return }
    found.addBar(done, total, isDrawn: false)
    endField(at: open)
    begin(at: end + 1)
  }

  private func skippingBlanks(_ start: Int) -> Int {
    var next = start
    while byte(next) == UInt8(ascii: " ") { next += 1 }
    return next
  }

  private mutating func begin(behind end: Int) {
    var after = end
    while let byte = byte(after), byte == UInt8(ascii: ":") || byte == UInt8(ascii: " ") { after += 1 }
    begin(at: after)
  }

  /// The `(val)` of `Epoch(val)`; true for an evaluation.
  private func takeSuffix(_ last: inout Int) -> Bool {
    guard last > 2, bytes[last - 1] == UInt8(ascii: ")"),
      let open = bytes[max(nameStart, last - 12)..<last].lastIndex(of: UInt8(ascii: "("))
    else { return false }
    let word = text(open + 1, last - 1)
    last = open
    return Phase(word: word) == .eval
  }

  /// The `[10/100]` of `Epoch [1][10/100]`.
  private mutating func takeIteration(at position: inout Int, counts: Bool) {
    let open = skippingBlanks(position)
    guard byte(open) == UInt8(ascii: "["), let (count, behind) = integer(at: skippingBlanks(open + 1)) else {
      return
    }
    var after = behind
    guard total(at: &after) != nil, byte(after) == UInt8(ascii: "]") else { return }
    if counts { found.addStep(count, rank: 1) }
    position = after + 1
  }

  private mutating func note(_ word: PairWord, _ count: Int) {
    switch word {
    case .step(let rank): found.addStep(count, rank: rank)
    case .epoch: found.addEpoch(Double(count))
    case .ignored, .metric: break
    }
  }

  /// `/100`, `/   100` or `of 100` behind a count.
  private func total(at position: inout Int) -> Int? {
    let next = skippingBlanks(position)
    guard byte(next) == UInt8(ascii: "/") || next > position && starts("of ", at: next) else { return nil }
    let sign = byte(next) == UInt8(ascii: "/") ? 1 : 3
    guard let (total, end) = integer(at: skippingBlanks(next + sign)) else { return nil }
    position = end
    return total
  }

  /// `12/100 [===`, `12/100 ━━━` or `100/100 - ` of Keras.
  private mutating func takeLeadingBar() {
    guard let (done, slash) = integer(at: skippingBlanks(0)), byte(slash) == UInt8(ascii: "/"),
      let (total, end) = integer(at: slash + 1), byte(end) == UInt8(ascii: " "),
      let drawing = byte(end + 1),
      drawing == UInt8(ascii: "[") || drawing == 0xE2 || starts("- ", at: end + 1)
    else { return }
    found.addBar(done, total)
    begin(at: end + 1)
  }

  /// `| 12/100 [` of tqdm, before a bracket; or `[10/80]` and `[640/60000 (1%)]` in one.
  private mutating func takeBar() {
    if let (done, slash) = integer(at: skippingBlanks(position + 1)), byte(slash) == UInt8(ascii: "/"),
      let (total, end) = integer(at: slash + 1), byte(end) == UInt8(ascii: "]") || starts(" (", at: end)
    {
      found.addBar(done, total, isDrawn: false)
      return
    }
    var last = position
    while last > 0, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
    var start = last
    while start > 0, bytes[start - 1].isDigit || bytes[start - 1] == UInt8(ascii: "/") { start -= 1 }
    guard last > start, let (done, slash) = integer(at: start), byte(slash) == UInt8(ascii: "/"),
      let (total, end) = integer(at: slash + 1), end == last
    else { return }
    var before = start
    while before > 0, bytes[before - 1] == UInt8(ascii: " ") { before -= 1 }
    guard before > 0, bytes[before - 1] == UInt8(ascii: "|") else { return }
    found.addBar(done, total)
  }

  /// A number behind `:` or `=` and what is before it.
  private mutating func takePair() -> Bool {
    let isColon = bytes[position] == UInt8(ascii: ":")
    var next = skippingBlanks(position + 1)
    // `Loss 2.5:` is a field that a bar follows.
    if isColon, isSpace(position + 1), isField(before: position) {
      endField(at: position)
      return false
    }
    var name = name(before: position, isWord: !isColon)
    let word = PairWord.of(name)
    if word != .metric, word != .ignored, takeCount(word, at: next) { return true }
    if starts("tensor(", at: next) { next += 7 }
    guard let (value, end) = number(at: next), let after = endsWell(end),
      word == .metric || word == .ignored || byte(end) != UInt8(ascii: "%")
    else {
      // A value that is no number ends the name as well.
      if isColon, byte(next)?.isDigit != true {
        begin(at: position + 1, isField: found.hasPlace)
      } else {
        skipWord(from: next)
      }
      return !isColon || byte(next)?.isDigit == true
    }
    if isColon, byte(position + 1)?.isDigit == true, isPlaceOrTime(name, end: after) { name = "" }
    if isUsable(name) { found.add(name, value) }
    begin(at: after, isField: false)
    return true
  }

  /// `10:30` of a clock, and the `[file:12]` of a place in a program.
  private func isPlaceOrTime(_ name: String, end: Int) -> Bool {
    if name.split(separator: " ").last?.allSatisfy(\.isNumber) == true { return true }
    return byte(end) == UInt8(ascii: "]") && bytes[..<position].lastIndex(of: UInt8(ascii: "[")) != nil
      && !name.contains(" ") || name.hasSuffix(".py")
  }

  /// True where a name and a number stand before a position, and nothing else.
  private func isField(before end: Int) -> Bool {
    guard let start = fieldStart, start < end, end - start < 80 else { return false }
    let words = text(start, end).split(separator: " ")
    guard (2...5).contains(words.count), let last = words.last, Self.startsNumber(last),
      words.dropLast().allSatisfy({ !Self.startsNumber($0) }),
      PairWord.of(Self.name(words.dropLast())) == .metric
    else { return false }
    return Self.number(String(last)) != nil
  }

  /// A whole number behind the name of a step or an epoch, and the total behind it.
  private mutating func takeCount(_ word: PairWord, at start: Int) -> Bool {
    if byte(start) == UInt8(ascii: "["), let after = takeCount(word, at: start, evaluates: false) {
      begin(behind: after)
      return true
    }
    guard let (count, behind) = integer(at: start) else { return false }
    var after = behind
    _ = total(at: &after)
    guard isEnd(after) || byte(after) == UInt8(ascii: ":") || byte(after) == UInt8(ascii: "-") else {
      return false
    }
    note(word, count)
    while byte(after) == UInt8(ascii: ":") { after += 1 }
    begin(at: after)
    return true
  }

  /// A field that is a name and a number, `train loss 4.18` or `time 32.11ms`, or several of them one after another.
  private mutating func endField(at end: Int) {
    defer { (nameStart, fieldStart) = (end + 1, end + 1) }
    guard let start = fieldStart, start < end, end - start < 160 else { return }
    var words = Self.withoutRemark(text(start, end)).split(separator: " ")[...]
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
  private static func name(_ words: ArraySlice<Substring>) -> String {
    var words = words.drop { word in
      !word.utf8.contains { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
    if words.count > 1, let last = words.last, connectors.contains(last.lowercased()) { words.removeLast() }
    return words.joined(separator: " ")
  }

  private static let connectors: Set<String> = ["is", "was", "of", "->", "=>", "→"]

  /// The number that a word is, without its unit.
  private static func number(_ word: String) -> Double? {
    var word = word
    return word.withUTF8 { bytes in
      let scanner = PairScanner(bytes)
      guard let (value, end) = scanner.number(at: 0), scanner.endsWell(end) == bytes.count else { return nil }
      return value
    }
  }

  private static func startsNumber(_ word: Substring) -> Bool {
    guard let first = word.utf8.first else { return false }
    return first.isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
      || ["nan", "inf"].contains(word.prefix(3).lowercased())
  }

  private mutating func begin(at start: Int, isField: Bool = true) {
    nameStart = start
    fieldStart = isField ? start : nil
    position = max(position, start)
  }

  private mutating func skipWord(from start: Int) {
    var end = start
    while let byte = byte(end), byte != UInt8(ascii: " "), byte != UInt8(ascii: ","),
      byte != UInt8(ascii: "\t")
    {
      end += 1
    }
    let next = max(end, position + 1)
    begin(at: end, isField: false)
    position = next
  }

  private func name(before end: Int, isWord: Bool) -> String {
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
    return Self.name(text(start, last).split(separator: " ")[...])
  }

  /// What may stand before a name and is no part of it.
  private static let leadingMarks = Set(" .()[]{}<>|*#-".utf8)

  private func isUsable(_ name: String) -> Bool {
    name.utf8.count <= 80 && name.utf8.contains(where: \.isLetter) && name.split(separator: " ").count <= 8
      && !name.replacing("'s ", with: " ").utf8.contains {
        $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "`")
      }
  }

  private func text(_ start: Int, _ end: Int) -> String {
    start < end ? String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self) : ""
  }

  private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
  private func isSpace(_ index: Int) -> Bool { byte(index)?.isSpace ?? true }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private func starts(_ text: StaticString, at index: Int) -> Bool {
    index < bytes.count
      && UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[index...]).starts(with: text)
  }

  private func integer(at start: Int) -> (Int, end: Int)? {
    var end = start
    var value = 0
    while let digit = byte(end), digit.isDigit, end - start < 18 {
      value = value * 10 + Int(digit - 0x30)
      end += 1
    }
    return end > start && byte(end)?.isDigit != true ? (value, end) : nil
  }

  /// A number at a position: digits with a point or a comma and an exponent, `nan` or `inf`.
  private func number(at start: Int) -> (Double, end: Int)? {
    var end = start
    if let sign = byte(end), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { end += 1 }
    if let word = byte(end), word.isLetter {
      while let letter = byte(end), letter.isLetter { end += 1 }
      guard end - start <= 9, case .plain(let value) = LooseNumber(text(start, end)) else { return nil }
      return (value, end)
    }
    let digits = end
    while let next = byte(end), next.isDigit || isPoint(at: end) { end += 1 }
    guard end > digits, bytes[digits].isDigit || byte(digits + 1)?.isDigit == true else { return nil }
    if let e = byte(end), e | 0x20 == UInt8(ascii: "e") {
      var exponent = end + 1
      if let sign = byte(exponent), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { exponent += 1 }
      if byte(exponent)?.isDigit == true {
        while byte(exponent)?.isDigit == true { exponent += 1 }
        end = exponent
      }
    }
    switch LooseNumber(text(start, end)) {
    case .plain(let value): return (value, end)
    case .comma(let decimal, let thousands): return (thousands ?? decimal, end)
    case nil: return nil
    }
  }

  /// A point, or a comma between digits that no other digits follow behind a second one.
  private func isPoint(at index: Int) -> Bool {
    if byte(index) == UInt8(ascii: ".") { return true }
    return byte(index) == UInt8(ascii: ",") && index > 0 && bytes[index - 1].isDigit
      && byte(index + 1)?.isDigit == true
  }

  /// The end of a number with its unit, where nothing follows that makes it a time, a date or a version.
  private func endsWell(_ end: Int) -> Int? {
    if isEnd(end) || byte(end) == UInt8(ascii: ":") && isSpace(end + 1) { return end }
    var after = end
    while let byte = byte(after),
      byte.isLetter || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "/") || byte >= 0x80
    {
      after += 1
    }
    guard after > end, after - end <= 14, bytes[end] != UInt8(ascii: "/") else { return nil }
    // The percentage of a bar.
    if bytes[end] == UInt8(ascii: "%"), byte(end + 1) == UInt8(ascii: "|") { return nil }
    // `12.34GiB(12.3%)`
    if byte(after) == UInt8(ascii: "("),
      let close = bytes[after...].prefix(12).firstIndex(of: UInt8(ascii: ")"))
    {
      after = close + 1
    }
    return isEnd(after) ? after : nil
  }

  private func isEnd(_ index: Int) -> Bool {
    guard let byte = byte(index) else { return true }
    return byte.isSpace || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|")
      || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}")
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
