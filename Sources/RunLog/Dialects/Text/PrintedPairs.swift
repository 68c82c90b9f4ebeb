/// Lines of a console or a text file that name a step and then pairs of a key and a number.
final class PrintedPairsDecoder: LineDecoder {
  /// How a kind of log writes such a line.
  struct Form: Sendable {
    var dialect: Dialect
    /// The step of a line and the texts of its pairs, each `key:number`; `nil` for any other line.
    var parse: @Sendable (String) -> (step: Int, pairs: [Substring])?
    /// What every such line contains.
    var marker: StaticString
  }

  /// `Step 12 | loss:1.23 lr:2e-05 ` in the files of torchtune.
  static let torchtune = Form(dialect: .torchtune, parse: { torchtunePairs($0) }, marker: " | ")
  /// `step:12 - actor/pg_loss:0.1 - …` on the console of verl, often behind the name of a worker.
  static let verl = Form(dialect: .verlConsole, parse: { verlPairs($0) }, marker: "step:")

  private let form: Form
  private let keys: KeyInterner

  init(_ form: Form, keys: KeyInterner) {
    self.form = form
    self.keys = keys
  }

  static var padding: Int { 0 }
  var dialect: Dialect? { form.dialect }

  static func recognises(_ form: Form) -> @Sendable (UnsafeRawBufferPointer) -> Bool {
    { line in
      line.firstVisibleByte != UInt8(ascii: "{") && line.contains(form.marker)
        && form.parse(PlainText.withoutEscapes(line))?.pairs.contains { number($0) != nil } == true
    }
  }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    guard line.contains(form.marker), let found = form.parse(PlainText.withoutEscapes(line)) else {
      return
    }
    let first = batch.numbers.count
    for pair in found.pairs {
      guard let (key, value) = Self.number(pair) else { continue }
      batch.numberKeys.append(keys.index(of: key, announcedIn: &batch))
      batch.numbers.append(value)
    }
    guard batch.numbers.count > first else { return }
    batch.records.append(
      Record(
        line: number, step: found.step, hasOwnStep: true, time: .nan, phase: .train, modes: ModelModes(),
        numbers: first..<batch.numbers.count))
  }

  func mayEnd(_ line: UnsafeRawBufferPointer) -> Bool { true }

  /// A line without its end may lack digits.
  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }

  /// Key and number of a pair.
  private static func number(_ pair: Substring) -> (key: String, value: Double)? {
    guard let colon = pair.lastIndex(of: ":"), colon > pair.startIndex,
      let value = PrintedNumber.value(pair[pair.index(after: colon)...])
    else { return nil }
    return (String(pair[..<colon]), value)
  }

  private static func torchtunePairs(_ line: String) -> (step: Int, pairs: [Substring])? {
    guard line.hasPrefix("Step "), let (step, rest) = PrintedNumber.integer(atStartOf: line.dropFirst(5)),
      rest.hasPrefix(" | ")
    else { return nil }
    return (step, rest.dropFirst(3).split { $0.isWhitespace })
  }

  private static func verlPairs(_ line: String) -> (step: Int, pairs: [Substring])? {
    var rest = line[...]
    while let match = rest.firstRange(of: "step:") {
      let before = line[..<match.lowerBound].last
      rest = rest[match.upperBound...]
      guard before == nil || before == " ", let (step, tail) = PrintedNumber.integer(atStartOf: rest),
        tail.hasPrefix(" - ")
      else { continue }
      return (step, parts(of: tail.dropFirst(3)))
    }
    return nil
  }

  /// The parts between ` - `.
  private static func parts(of text: Substring) -> [Substring] {
    var parts: [Substring] = []
    var rest = text
    while let match = rest.firstRange(of: " - ") {
      parts.append(rest[..<match.lowerBound])
      rest = rest[match.upperBound...]
    }
    return parts + [rest]
  }
}

extension Dialect {
  /// Console logger of verl: `step:12 - actor/pg_loss:0.1 - …`.
  package static let verlConsole = Dialect("verl-console")
  /// Disk logger of torchtune: `Step 12 | loss:1.23 lr:2e-05`, or the same as JSON.
  package static let torchtune = Dialect("torchtune")
}
