internal import FileAccess

/// `trainer_state.json` of the Hugging Face Trainer: the rows of its `log_history`.
///
/// The Trainer rewrites the file in place at every checkpoint, so a document without its end is waited for, and only
/// rows that were not there before count.
final class TrainerStateDecoder: FrameDecoder {
  private let row: JSONLineDecoder
  private var memory = RowMemory()
  private(set) var lines = 0

  /// Keys that one of the documents of this kind may begin with: they are sorted, and versions differ in the first.
  private static let firstKeys: [StaticString] = [
    "\"best_global_step\"", "\"best_metric\"", "\"best_model_checkpoint\"", "\"epoch\"", "\"log_history\"",
  ]

  init(keys: KeyInterner) {
    row = JSONLineDecoder(keys: keys)
  }

  var dialect: Dialect { .trainerState }

  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    guard let brace = text.firstIndex(where: { !$0.isSpace }) else { return .no }
    guard text[brace] == UInt8(ascii: "{") else { return .no }
    let inside = text[(brace + 1)...]
    guard let key = inside.firstIndex(where: { !$0.isSpace }) else { return .undecided }
    // On one line it is a record of a log of lines, unless it is a whole state.
    let isPretty = inside[..<key].contains(UInt8(ascii: "\n"))
    let rest = UnsafeRawBufferPointer(rebasing: text[key...])
    guard isPretty || rest.contains(firstKeys[4]) else { return .no }
    if rest.starts(with: firstKeys[3]), !rest.contains(firstKeys[4]) {
      // Records of any log may begin with the epoch; what stands before the history of a state has no braces.
      return rest.contains(UInt8(ascii: "}")) || rest.contains(UInt8(ascii: "[")) ? .no : .undecided
    }
    if firstKeys.contains(where: { rest.starts(with: $0) }) { return .yes }
    return firstKeys.contains { $0.starts(with: rest) } ? .undecided : .no
  }

  func startOver() -> Bool {
    memory.startOver()
    lines = 0
    return true
  }

  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int {
    guard bytes.trimmedAtEnd.last == UInt8(ascii: "}") else { return 0 }
    var scanner = TrainerStateScanner(bytes)
    let rows = scanner.rows()
    guard scanner.isWhole else { return 0 }
    for found in rows { decodeRow(bytes[found.range], line: found.line, into: &batch) }
    if let done = scanner.numbers[.done], let total = scanner.numbers[.total],
      let progress = TrainingProgress(done: done, total: total)
    {
      batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .progress(progress)))
    }
    lines = scanner.line - (bytes.last == UInt8(ascii: "\n") ? 1 : 0)
    return bytes.count
  }

  func obstacle(_ pending: UnsafeRawBufferPointer) -> String? {
    guard !pending.isBlank else { return nil }
    var scanner = TrainerStateScanner(pending)
    let count = scanner.rows().count
    if scanner.isWhole { return nil }
    return
      "a trainer_state.json that is cut off behind \(count) whole \(count == 1 ? "row" : "rows") of its history"
  }

  private func decodeRow(_ bytes: Slice<UnsafeRawBufferPointer>, line: Int, into batch: inout RecordBatch) {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes))
    switch memory.compare(hasher.finalize()) {
    case .known: return
    case .new: break
    case .other:
      batch.notices.append(
        LogNotice(position: batch.records.count, line: line, kind: .startedOver(.replaced)))
    }
    Padded.withBytes(bytes) { row.decode($0, number: line, into: &batch) }
  }
}

/// Finds the rows of `log_history` in a document.
private struct TrainerStateScanner {
  private let bytes: UnsafeRawBufferPointer
  private var depth = 0
  private var position = 0
  /// Line of the byte at `position`, from 1.
  private(set) var line = 1
  /// The document has ended, and well.
  private(set) var isWhole = false

  /// Numbers of the state itself that count.
  enum Number: String, CaseIterable {
    case done = "global_step"
    case total = "max_steps"
  }
  private(set) var numbers: [Number: Int] = [:]

  struct Row {
    var range: Range<Int>
    var line: Int
  }

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// All rows of the array that is the value of `log_history` in the outermost object.
  mutating func rows() -> [Row] {
    var rows: [Row] = []
    var isHistory = false
    var start = (position: 0, line: 1)
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "\""):
        let text = skipString()
        if depth == 1, isKey() {
          isHistory = bytes[text].elementsEqual("log_history".utf8)
          noteNumber(of: text)
        }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 2 { start = (position, line) }
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 2, isHistory, byte == UInt8(ascii: "}") {
          rows.append(Row(range: start.position..<(position + 1), line: start.line))
        }
        isWhole = depth == 0
      default: break
      }
      position += 1
      if depth < 0 { return [] }
    }
    return rows
  }

  /// Goes behind the string that begins here; what is between its quotes.
  private mutating func skipString() -> Range<Int> {
    let start = position + 1
    position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    let end = min(position, bytes.count)
    position = min(end + 1, bytes.count)
    return start..<end
  }

  /// Takes note of the number of a key that counts.
  private mutating func noteNumber(of key: Range<Int>) {
    guard let number = Number.allCases.first(where: { bytes[key].elementsEqual($0.rawValue.utf8) }),
      let colon = bytes[position...].firstIndex(where: { !$0.isSpace })
    else { return }
    let value = bytes[(colon + 1)...].drop { $0.isSpace }.prefix { (0x30...0x39).contains($0) }
    numbers[number] = Int(String(decoding: value, as: UTF8.self))
  }

  /// True behind a string that a colon follows.
  private func isKey() -> Bool {
    bytes[position...].first { !$0.isSpace } == UInt8(ascii: ":")
  }
}

extension Dialect {
  /// `trainer_state.json` of the Hugging Face Trainer: one document that is rewritten at every checkpoint.
  package static let trainerState = Dialect("hf-trainer-state")
}
