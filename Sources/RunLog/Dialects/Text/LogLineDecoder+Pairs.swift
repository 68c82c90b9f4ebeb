// Dicts that Python printed, rows of tables and blocks, and pairs of names and numbers.

extension LogLineDecoder {
  /// The parts of a line between carriage returns; false where none is a record.
  func decodeParts(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    let bytes = PlainText.bytes(line)
    return bytes.withUnsafeBytes { bytes in
      var isRecord = false
      for part in bytes.split(separator: UInt8(ascii: "\r")) {
        let part = UnsafeRawBufferPointer(rebasing: part)
        if part.contains("%|") { bar.note(String(decoding: part, as: UTF8.self)) }
        if decode(part: part, number, &batch) { isRecord = true }
      }
      return isRecord
    }
  }

  func decode(part: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch) -> Bool {
    // With double quotes it is JSON, or torn.
    if part.contains("{"), part.contains("'") || bareObjects == 0 && part.contains("\""),
      part.count < Self.longestDict,
      let dict = PythonDict(in: WindowsText.string(part))
    {
      add(dict, in: part, number, &batch)
      return true
    }
    if let history = KeyHistory.printed(part) {
      belief.believe()
      for row in history { add(row, number, &batch) }
      return true
    }
    let line = PairLine(part)
    if let row = above.table.read(part, bar: line?.bar) {
      add(row, number, &batch)
      return true
    }
    if decodeBlock(part, line, number, &batch) { return true }
    guard let line, line.isCandidate else { return false }
    endBlock(number, &batch)
    add(line, number, &batch)
    return true
  }

  /// A row of a block: below a line that named its step, or one of several of which one is the step.
  private func decodeBlock(
    _ part: UnsafeRawBufferPointer, _ line: PairLine?, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    if let line, line.isCandidate, line.hasMetric {
      above.head = nil
      return false
    }
    if let line, line.hasPlace, !above.block.isOpen {
      above.head = (line, number)
      if let epoch = line.epoch, line.step == nil { above.epoch = epoch }
      return false
    }
    let blockLine = BlockLine(part)
    if let head = above.head, number - head.number < Self.longestBlock,
      let row = row(below: head.line, part, line, blockLine, isNext: number - head.number == 1)
    {
      if part.first?.isSpace == false { above.head?.number = number }
      add(row, number, &batch)
      return true
    }
    switch blockLine {
    case .row(let name, let value): above.block.add(name, value, line: number)
    case .section(let name): above.block.begin(section: name)
    case .other: break
    case .end: endBlock(number, &batch)
    }
    return false
  }

  /// The pairs of a line that is indented below one that named its step, drawn as a row of a table, or next to it.
  private func row(
    below head: PairLine, _ part: UnsafeRawBufferPointer, _ line: PairLine?, _ blockLine: BlockLine,
    isNext: Bool
  ) -> PairLine? {
    guard let first = part.first else { return nil }
    let isDrawn = first >= 0x80 || first == UInt8(ascii: "|")
    guard first.isSpace || isDrawn || isNext else { return nil }
    var row = blockLine.line
    if !isDrawn, let line, !line.pairs.isEmpty { row = line }
    row?.takePlace(of: head)
    return row
  }

  func endBlock(_ number: Int, _ batch: inout RecordBatch) {
    guard above.block.isOpen else { return }
    let line = above.block.line
    if let row = above.block.end(), row.isCandidate { add(row, line, &batch) }
  }

  /// Lines below one that names their step.
  private static let longestBlock = 64

  private static let longestDict = 1 << 20

  func add(
    _ dict: PythonDict, in part: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) {
    let prefix = UnsafeRawBufferPointer(rebasing: part[..<min(dict.start, part.count)])
    let step = dict.step ?? PairLine(prefix)?.step
    let names = dict.numbers.map(\.key).hashValue
    belief.note(
      object: names, values: dict.numbers.map(\.value).hashValue, hasMetric: dict.hasMetric,
      hasStep: step != nil || dict.epoch != nil, isAtStart: prefix.isBlank)
    guard belief.isBelieved else {
      hasLeftOut = true
      return
    }
    dicts += 1
    let drawn = bar.latest.flatMap { done in bar.total.map { (done, $0) } }
    let row = TextRows.Row(line: number, step: step, epoch: dict.epoch, bar: drawn, phase: dict.phase)
    becomeText(number, &batch)
    rows.add(row, dict.numbers.map { ($0.key, $0.value) }, &batch)
  }

  func add(_ line: PairLine, _ number: Int, _ batch: inout RecordBatch) {
    let epoch = line.epoch ?? (line.step == nil && line.bar != nil ? above.epoch : nil)
    let place = (line.step ?? line.bar?.done).map { Double($0) + (epoch ?? 0) * 0x1p-20 } ?? epoch
    belief.note(pairs: line.pairs.map(\.name).hashValue, hasMetric: line.hasMetric, step: place)
    guard belief.isBelieved else {
      hasLeftOut = true
      return
    }
    var row = TextRows.Row(
      line: number, step: line.step, bar: line.bar, isDrawing: line.bar != nil, phase: line.phase)
    row.epoch = epoch.map { PythonDict.Epoch(value: $0, tolerance: $0 * 1e-12) }
    becomeText(number, &batch)
    // A counter that begins anew in each epoch needs the epoch beside it.
    let named = line.step != nil && line.epoch != nil ? [(name: "epoch", value: line.epoch ?? 0)] : []
    rows.add(row, line.pairs + named, &batch)
  }

  /// From here on the log is one of text: what was rejected is no fault, and what was left out comes again.
  func becomeText(_ number: Int, _ batch: inout RecordBatch) {
    guard belief.isBelieved else { return }
    if hasLeftOut { isNews = true }
    guard !isPrinted, bareObjects * 2 < lines || bareObjects == 0 else { return }
    isPrinted = true
    if lines > 1 {
      batch.notices.append(LogNotice(position: batch.records.count, line: number, kind: .printedOutput))
    }
  }
}

extension BlockLine {
  /// The row as a line of pairs.
  fileprivate var line: PairLine? {
    guard case .row(let name, let value) = self else { return nil }
    return PairLine(pairs: [(name, value)], step: nil, epoch: nil, bar: nil)
  }
}
