// Objects of JSON between other text.

extension LogLineDecoder {
  /// A line that is no object: what it holds is looked for in it; false where that is nothing.
  func decodeOther(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    if let whole = joined(line) { return whole.withUnsafeBytes { decodeOther($0, number, &batch) } }
    if let brace = line.firstIndex(of: UInt8(ascii: "{")), line[brace...].contains(UInt8(ascii: "\"")),
      let end = line.endOfObject, decodeObject(in: line, brace..<end, number, &batch)
    {
      return true
    }
    if let object = above.spread.add(line), decodeSpread(object, number, &batch) { return true }
    return decodeParts(line, number, &batch)
  }

  private func decodeSpread(_ object: [UInt8], _ number: Int, _ batch: inout RecordBatch) -> Bool {
    object.withUnsafeBytes { bytes in
      guard objects.isObject(bytes) else { return false }
      take(bytes, behind: UnsafeRawBufferPointer(rebasing: bytes[..<0]), number, &batch)
      return true
    }
  }

  /// The first brace from which the rest of the line is one object, but for commas and escape sequences behind it.
  private func decodeObject(
    in line: UnsafeRawBufferPointer, _ range: Range<Int>, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    // An object that is torn holds others, which are parts of it; one that is whole was refused already.
    let isBare = UnsafeRawBufferPointer(rebasing: line[..<range.lowerBound]).isBlank
    if isBare, UnsafeRawBufferPointer(rebasing: line[range.upperBound...]).isBlank { return false }
    var start = range.lowerBound
    for _ in 0..<(isBare ? 1 : Self.mostBraces) where start < range.upperBound {
      let object = UnsafeRawBufferPointer(rebasing: line[start..<range.upperBound])
      if objects.isObject(object) {
        take(object, behind: UnsafeRawBufferPointer(rebasing: line[..<start]), number, &batch)
        return true
      }
      guard let next = line[(start + 1)..<range.upperBound].firstIndex(of: UInt8(ascii: "{")) else {
        return false
      }
      start = next
    }
    return false
  }

  /// Braces of one line that may begin its object.
  private static let mostBraces = 16

  private func take(
    _ object: UnsafeRawBufferPointer, behind prefix: UnsafeRawBufferPointer, _ number: Int,
    _ batch: inout RecordBatch
  ) {
    let text = PlainText.bytes(prefix)
    var place = ObjectPlace(line: number)
    text.withUnsafeBytes { bytes in
      if bytes.contains("%|") { bar.note(String(decoding: bytes, as: UTF8.self)) }
      let last = bytes.lastIndex(of: UInt8(ascii: "\r")).map { $0 + 1 } ?? 0
      place.step = PairLine(UnsafeRawBufferPointer(rebasing: bytes[last...]))?.step
    }
    place.bar = bar.latest
    let isAtStart = text.allSatisfy { $0.isSpace } || text.last == UInt8(ascii: "\r")
    if let problem = Padded.withBytes(object, { objects.decode($0, place, into: &batch) }) {
      objects.reject(problem, number, &batch)
      return
    }
    noteObject(object, isAtStart: isAtStart, number, &batch)
  }

  /// Weighs the object that was decoded last, where others than objects are in the log; one that wraps a line of another
  /// log is unwrapped.
  func noteObject(
    _ object: UnsafeRawBufferPointer, isAtStart: Bool, _ number: Int, _ batch: inout RecordBatch
  ) {
    guard let record = batch.records.last, record.line == number, !record.numbers.isEmpty else {
      unwrap(object, number, &batch)
      return
    }
    if belief.isBelieved && objects.hasStepOrEpoch { return }
    var (names, values) = (Hasher(), Hasher())
    var hasMetric = false
    for index in record.numbers {
      let key = batch.numberKeys[index]
      names.combine(key)
      values.combine(batch.numbers[index])
      if isMetric(key) { hasMetric = true }
    }
    if !hasMetric, !objects.hasStepOrEpoch { unwrap(object, number, &batch) }
    guard bareObjects < lines else { return }
    belief.note(
      object: names.finalize(), values: values.finalize(), hasMetric: hasMetric,
      hasStep: objects.hasStepOrEpoch, isAtStart: isAtStart)
    becomeText(number, &batch)
  }

  private func isMetric(_ key: UInt32) -> Bool {
    while metricKeys.count < keys.names.count {
      metricKeys.append(MetricWord.isIn(keys.names[metricKeys.count]))
    }
    return metricKeys[Int(key)]
  }
}

extension UnsafeRawBufferPointer {
  /// Behind the last brace, where only commas, blanks and escape sequences of terminals follow it.
  fileprivate var endOfObject: Int? {
    guard let brace = lastIndex(of: UInt8(ascii: "}")) else { return nil }
    var isEscape = false
    for byte in self[(brace + 1)...] {
      if byte == 0x1B {
        isEscape = true
      } else if isEscape {
        if byte.isLetter { isEscape = false }
      } else if !byte.isSpace, byte != UInt8(ascii: ",") {
        return nil
      }
    }
    return brace + 1
  }
}
