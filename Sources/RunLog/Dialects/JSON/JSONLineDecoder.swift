import CSimdJSON

/// One JSON object a line: the native log, and every other one of that form.
final class JSONLineDecoder: LineDecoder {
  static var padding: Int { csj_padding() }

  private var lines: JSONLines

  init(keys: KeyTable) {
    lines = JSONLines(keys: keys)
  }

  var dialect: Dialect? { lines.dialect == .jsonl ? lines.flavour?.dialect ?? .jsonl : lines.dialect }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    lines.decode(line, number: number, into: &batch)
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int {
    lines.decodeWhole(line, number: number, into: &batch)
  }
}

/// The state behind a `JSONLineDecoder`, and the owner of the parser.
private struct JSONLines: ~Copyable {
  private let parser: LineParser
  private let positions = UnsafeMutablePointer<Int32>.allocate(capacity: LineFields.roleCount)
  private let keys: KeyTable
  private var nodes: KeyNodes
  private var tornLines = TornLineSearch()
  /// The step of a record that names none.
  private var lastStep = 0
  private(set) var dialect: Dialect?
  var flavour: JSONFlavour? { nodes.flavour }

  init(keys: KeyTable) {
    guard let decoder = csj_create() else { preconditionFailure("out of memory") }
    parser = LineParser(decoder: decoder)
    self.keys = keys
    nodes = KeyNodes(decoder)
  }

  deinit {
    positions.deallocate()
    csj_destroy(parser.decoder)
  }

  mutating func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    var rest = line
    while let problem = decodeObject(rest, number, &batch) {
      switch tornLines.split(rest, parser) {
      case .joined(let whole, let next):
        // An object that lacked its newline when the next one was written: nothing is lost.
        if let problem = decodeObject(whole, number, &batch) { reject(problem, number, &batch) }
        rest = next
      case .torn(let fresh):
        reject("torn line joined to the next", number, &batch)
        rest = fresh
      case .neither:
        reject(problem, number, &batch)
        return
      }
    }
  }

  mutating func decodeWhole(
    _ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch
  ) -> Int {
    var rest = line
    while true {
      if rest.trimmedAtEnd.last == UInt8(ascii: "}") && parser.isObject(rest) {
        if let problem = decodeObject(rest, number, &batch) { reject(problem, number, &batch) }
        return line.count
      }
      guard case .joined(let whole, let next) = tornLines.splitWhole(rest, parser) else {
        return line.count - rest.count
      }
      if let problem = decodeObject(whole, number, &batch) { reject(problem, number, &batch) }
      rest = next
    }
  }

  /// Adds the record of one object; returns why it is none.
  private mutating func decodeObject(
    _ bytes: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> String? {
    let (verdict, line) = parser.parse(bytes)
    let isNative = nodes.adopt(parser.decoder)
    guard verdict == csj_verdict_object, let line else { return verdict.reason }
    let fields = LineFields(line.pointee, nodes, positions: positions)
    let named: (step: Int, role: KeyRole)?
    do throws(UnusableStep) {
      named = try fields.step()
    } catch {
      return "step is no integer"
    }
    tornLines.note(firstKey: csj_first_key(parser.decoder))
    if isNative || fields.marksNative { dialect = .native }
    if dialect == nil { dialect = .jsonl }
    if let named { lastStep = named.step }
    append(
      RecordReader(fields, stepRole: named?.role ?? .step),
      LinePlace(number: number, step: lastStep, hasOwnStep: named != nil), &batch)
    return nil
  }

  private mutating func append(_ reader: RecordReader, _ place: LinePlace, _ batch: inout RecordBatch) {
    let phase = reader.phase
    let modes = reader.modes
    let first = batch.numbers.count
    reader.appendNumbers(nodes, to: &batch)
    let numbers = first..<batch.numbers.count
    nodes.resolve(numbers, phase, set: reader.set, keys, in: &batch)
    let isShown = reader.appendTexts(nodes, to: &batch)
    let hasDistributions = reader.appendDistributions(line: place.number, to: &batch)
    reader.appendRun(line: place.number, to: &batch)
    guard
      place.hasOwnStep || !numbers.isEmpty || isShown || hasDistributions || !modes.isEmpty
    else { return }
    batch.records.append(
      Record(
        line: place.number, step: place.step, hasOwnStep: place.hasOwnStep, time: reader.time, phase: phase,
        modes: modes, numbers: numbers))
  }

  private func reject(_ reason: String, _ number: Int, _ batch: inout RecordBatch) {
    batch.notices.append(
      LogNotice(position: batch.records.count, line: number, kind: .rejected(reason: reason)))
  }
}

/// A reference to a parser that somebody owns.
struct LineParser {
  let decoder: OpaquePointer

  /// What a line says, valid until the next call, if it is one whole object.
  func parse(_ bytes: UnsafeRawBufferPointer) -> (verdict: csj_verdict, line: UnsafePointer<csj_line>?) {
    var line: UnsafePointer<csj_line>?
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let verdict = csj_decode(decoder, start, bytes.count, &line)
    return (verdict, line)
  }

  func isObject(_ bytes: UnsafeRawBufferPointer) -> Bool {
    parse(bytes).verdict == csj_verdict_object
  }
}

/// Where a record stands.
private struct LinePlace {
  var number: Int
  var step: Int
  var hasOwnStep: Bool
}

extension csj_verdict {
  /// One phrase for a line that is no record.
  fileprivate var reason: String {
    Self.reasons.first { $0.verdict == self }?.reason ?? "not valid JSON"
  }

  private static var reasons: [(verdict: csj_verdict, reason: String)] {
    [
      (csj_verdict_not_an_object, "not an object"),
      (csj_verdict_not_json, "not JSON"),
      (csj_verdict_incomplete, "incomplete, or more than one object"),
      (csj_verdict_malformed_number, "malformed number"),
      (csj_verdict_malformed_string, "malformed string"),
      (csj_verdict_invalid_utf8, "invalid UTF-8"),
      (csj_verdict_too_deep, "nested too deeply"),
      (csj_verdict_too_many_keys, "too many different keys"),
      (csj_verdict_too_long, "too long"),
      (csj_verdict_out_of_memory, "out of memory"),
    ]
  }
}
