// Lines of container runtimes and journals, which wrap and cut the lines of the log.

extension LogLineDecoder {
  /// A line of the interface of container runtimes (`TIME stdout P TEXT`), which cut it: its parts are put together.
  func joined(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let first = line.first, first.isDigit, let mark = CutLine(line) else { return nil }
    above.cut += line[mark.text...]
    if mark.goesOn { return [] }
    defer { above.cut = [] }
    return above.cut.count == line.count - mark.text ? nil : above.cut
  }

  /// A line of a container runtime or a journal: what it wraps is a line of the log.
  func unwrap(_ object: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch) {
    guard let wrapped = objects.wrapped(object), wrapped.isAlways || wrapped.text.contains(where: \.isDigit)
    else {
      return
    }
    var text = above.cut + wrapped.text
    above.cut = []
    if wrapped.isAlways, text.last != UInt8(ascii: "\n") {
      above.cut = text
      text = []
    }
    while let last = text.last, last.isSpace { text.removeLast() }
    let outer = takeBack(number, &batch)
    let isRecord = Padded.withBytes(text) { line -> Bool in
      if line.first == UInt8(ascii: "{") {
        let place = ObjectPlace(line: number, bar: bar.latest, time: wrapped.time)
        if objects.decode(line, place, into: &batch) == nil { return true }
      }
      return !line.isEmpty && decodeOther(line, number, &batch)
    }
    if !isRecord, !wrapped.isAlways, let outer {
      batch.records.append(outer.record)
      batch.texts += outer.texts
    }
  }

  /// Removes the record of a line, which is the last one.
  private func takeBack(_ number: Int, _ batch: inout RecordBatch) -> (record: Record, texts: [RecordText])? {
    guard let record = batch.records.last, record.line == number else { return nil }
    batch.records.removeLast()
    let texts = batch.texts.filter { $0.record == batch.records.count }
    batch.texts.removeLast(texts.count)
    return (record, texts)
  }
}

/// `2024-01-01T00:00:00.1Z stdout P TEXT`: a line, or with `F` the last part of one.
private struct CutLine {
  /// Where its text begins.
  var text: Int
  /// Another part follows.
  var goesOn: Bool

  init?(_ line: UnsafeRawBufferPointer) {
    guard let blank = line.prefix(40).firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let rest = UnsafeRawBufferPointer(rebasing: line[blank...])
    guard rest.starts(with: " stdout ") || rest.starts(with: " stderr "), rest.count > 10,
      rest[9] == UInt8(ascii: " ")
    else { return nil }
    switch rest[8] {
    case UInt8(ascii: "P"): (text, goesOn) = (blank + 10, true)
    case UInt8(ascii: "F"): (text, goesOn) = (blank + 10, false)
    default: return nil
    }
  }
}
