// Where a line says that the training is: steps, epochs, and the positions of progress bars.

extension PairScanner {
  /// `s:10 trl:2.5` of llm.c.
  mutating func takeTerse() -> Bool {
    guard bytes.count > 6, bytes[0] == UInt8(ascii: "s"), bytes[1] == UInt8(ascii: ":"),
      let (step, end) = line.integer(at: 2), line.isSpace(end)
    else { return false }
    let name = line.text(end + 1, min(end + 4, bytes.count))
    let start = end + 1 + (name == "eva" ? 4 : 3)
    guard ["trl", "tel", "eva"].contains(name), line.byte(start) == UInt8(ascii: ":"),
      let (value, after) = line.number(at: start + 1), line.endsWell(after) != nil
    else { return false }
    found.addStep(step, rank: 0)
    found.add(name == "eva" ? "eval" : name, value)
    return true
  }

  /// `step 10`, `iter #10`, `Batch [10]`, `Epoch [1][10/100]`: the last word before a blank or a bracket.
  mutating func takeWord(before end: Int) -> Bool {
    var last = end
    while last > 0, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
    let evaluates = takeSuffix(&last)
    var start = last
    while start > nameStart, line.isWordByte(bytes[start - 1]) { start -= 1 }
    guard last > start, last - start < 16, start == 0 || !line.isWordByte(bytes[start - 1]) else {
      return false
    }
    let word = PairWord.of(line.text(start, last))
    if word == .metric || word == .ignored { return false }
    var next = end
    while let byte = line.byte(next), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "#") { next += 1 }
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
  mutating func takeCount(_ word: PairWord, at start: Int, evaluates: Bool) -> Int? {
    var next = start
    let isBracketed = line.byte(next) == UInt8(ascii: "[")
    if isBracketed { next = line.skippingBlanks(next + 1) }
    guard let (count, behind) = line.integer(at: next) else { return nil }
    var after = behind
    let total = total(at: &after)
    if isBracketed {
      guard line.byte(after) == UInt8(ascii: "]") else { return nil }
      after += 1
    } else if let byte = line.byte(after),
      line.isWordByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%")
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
    let words = line.text(nameStart, start).split(separator: " ")
    guard (2...5).contains(words.count), Self.places.contains(words[words.count - 1]) else { return nil }
    let name = Self.name(words.dropLast())
    return isUsable(name) ? name : nil
  }

  private static let places: Set<Substring> = ["at", "after", "for", "on", "in", "@"]

  /// The number behind `Loss at step 10:`.
  private mutating func takeValue(of name: String, behind start: Int) -> Bool {
    let sign = line.skippingBlanks(start)
    guard let byte = line.byte(sign), byte == UInt8(ascii: ":") || byte == UInt8(ascii: "="),
      let (value, end) = line.number(at: line.skippingBlanks(sign + 1)), let after = line.endsWell(end)
    else { return false }
    found.add(name, value)
    begin(at: after, isField: false)
    return true
  }

  /// `[10]` or `[1, 10]` at the start of a line, or behind another bracket: a step, or an epoch and a step. `loss[2.5]`
  /// is a pair.
  mutating func takeBracketed() -> Bool {
    let open = position
    if open > 0, line.isWordByte(bytes[open - 1]) {
      guard let (value, end) = line.number(at: open + 1), line.byte(end) == UInt8(ascii: "]") else {
        return false
      }
      var start = open
      while start > nameStart, line.isWordByte(bytes[start - 1]) { start -= 1 }
      let name = line.text(start, open)
      guard isUsable(name), PairWord.of(name) == .metric, name.utf8.first?.isLetter == true else {
        return false
      }
      found.add(name, value)
      begin(at: end + 1)
      return true
    }
    let before = bytes[..<open].last { !$0.isSpace }
    guard before == nil || before == UInt8(ascii: "]"),
      let (first, comma) = line.integer(at: line.skippingBlanks(open + 1))
    else { return false }
    var end = comma
    if line.byte(comma) == UInt8(ascii: ",") {
      guard let (second, close) = line.integer(at: line.skippingBlanks(comma + 1)) else { return false }
      guard line.byte(close) == UInt8(ascii: "]"), line.isSpace(close + 1) else { return false }
      found.addEpoch(Double(first))
      found.addStep(second, rank: Self.bracketRank)
      end = close
    } else {
      guard line.byte(comma) == UInt8(ascii: "]"),
        line.isSpace(comma + 1) || line.byte(comma + 1) == UInt8(ascii: ":")
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
  mutating func takeCount(inParentheses open: Int) {
    guard let (done, slash) = line.integer(at: open + 1), line.byte(slash) == UInt8(ascii: "/"),
      let (total, end) = line.integer(at: slash + 1), line.byte(end) == UInt8(ascii: ")")
    else { return }
    found.addBar(done, total, isDrawn: false)
    endField(at: open)
    begin(at: end + 1)
  }

  /// The `(val)` of `Epoch(val)`; true for an evaluation.
  private func takeSuffix(_ last: inout Int) -> Bool {
    guard last > 2, bytes[last - 1] == UInt8(ascii: ")"),
      let open = bytes[max(nameStart, last - 12)..<last].lastIndex(of: UInt8(ascii: "("))
    else { return false }
    let word = line.text(open + 1, last - 1)
    last = open
    return Phase(word: word) == .eval
  }

  /// The `[10/100]` of `Epoch [1][10/100]`.
  private mutating func takeIteration(at position: inout Int, counts: Bool) {
    let open = line.skippingBlanks(position)
    guard line.byte(open) == UInt8(ascii: "["),
      let (count, behind) = line.integer(at: line.skippingBlanks(open + 1))
    else {
      return
    }
    var after = behind
    guard total(at: &after) != nil, line.byte(after) == UInt8(ascii: "]") else { return }
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
    let next = line.skippingBlanks(position)
    guard line.byte(next) == UInt8(ascii: "/") || next > position && line.starts("of ", at: next) else {
      return nil
    }
    let sign = line.byte(next) == UInt8(ascii: "/") ? 1 : 3
    guard let (total, end) = line.integer(at: line.skippingBlanks(next + sign)) else { return nil }
    position = end
    return total
  }

  /// `12/100 [===`, `12/100 ━━━` or `100/100 - ` of Keras.
  mutating func takeLeadingBar() {
    guard let (done, slash) = line.integer(at: line.skippingBlanks(0)), line.byte(slash) == UInt8(ascii: "/"),
      let (total, end) = line.integer(at: slash + 1), line.byte(end) == UInt8(ascii: " "),
      let drawing = line.byte(end + 1),
      drawing == UInt8(ascii: "[") || drawing == 0xE2 || line.starts("- ", at: end + 1)
    else { return }
    found.addBar(done, total)
    begin(at: end + 1)
  }

  /// `10:` and a tab, before the pairs of CatBoost.
  mutating func takeLeadingCount() {
    guard let (count, colon) = line.integer(at: 0), line.byte(colon) == UInt8(ascii: ":"),
      line.byte(colon + 1) == UInt8(ascii: "\t")
    else { return }
    found.addStep(count, rank: Self.bracketRank)
    begin(at: colon + 2)
  }

  /// `1epoch:train:41-60batch:` of ESPnet, where the words stand behind their counts.
  mutating func noteCounts(before end: Int, from start: Int) {
    guard line.byte(end - 1) == UInt8(ascii: ":") else { return }
    let parts = line.text(start, end).split(separator: ":")
    guard parts.count > 1 else { return }
    for part in parts {
      let digits = part.prefix { $0.isASCII && $0.isNumber || $0 == "-" }
      if let count = digits.split(separator: "-").last.flatMap({ Int($0) }) {
        note(PairWord.of(String(part[digits.endIndex...])), count)
      } else if Phase(word: String(part)) == .eval {
        found.noteEvaluation()
      }
    }
  }

  /// `| 12/100 [` of tqdm, before a bracket; or `[10/80]` and `[640/60000 (1%)]` in one.
  mutating func takeBar() {
    if let (done, slash) = line.integer(at: line.skippingBlanks(position + 1)),
      line.byte(slash) == UInt8(ascii: "/"),
      let (total, end) = line.integer(at: slash + 1),
      line.byte(end) == UInt8(ascii: "]") || line.starts(" (", at: end)
    {
      found.addBar(done, total, isDrawn: false)
      return
    }
    var last = position
    while last > 0, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
    var start = last
    while start > 0, bytes[start - 1].isDigit || bytes[start - 1] == UInt8(ascii: "/") { start -= 1 }
    guard last > start, let (done, slash) = line.integer(at: start), line.byte(slash) == UInt8(ascii: "/"),
      let (total, end) = line.integer(at: slash + 1), end == last
    else { return }
    var before = start
    while before > 0, bytes[before - 1] == UInt8(ascii: " ") { before -= 1 }
    guard before > 0, bytes[before - 1] == UInt8(ascii: "|") else { return }
    found.addBar(done, total)
  }

  /// A whole number behind the name of a step or an epoch, and the total behind it.
  mutating func takeCount(_ word: PairWord, at start: Int) -> Bool {
    if line.byte(start) == UInt8(ascii: "["), let after = takeCount(word, at: start, evaluates: false) {
      begin(behind: after)
      return true
    }
    guard let (count, behind) = line.integer(at: start) else { return false }
    var after = behind
    _ = total(at: &after)
    guard line.isEnd(after) || line.byte(after) == UInt8(ascii: ":") || line.byte(after) == UInt8(ascii: "-")
    else {
      return false
    }
    note(word, count)
    while line.byte(after) == UInt8(ascii: ":") { after += 1 }
    begin(at: after)
    return true
  }
}
