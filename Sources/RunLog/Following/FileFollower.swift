/// Reads one file of a run, now and as it grows: whoever holds it asks for the next batch.
///
/// Nothing here waits, and no thread is started.
struct FileFollower: ~Copyable {
  private var source: ByteSource
  private var buffer = LineBuffer(padding: LineDialect.padding)
  private let keys: KeyInterner
  /// The dialect that the user says it is.
  private let forced: Dialect?
  private var decoder: (any LineDecoder)?
  /// A line has shown what the log is.
  private var isDecided = false
  /// Decodes a log that does not consist of lines.
  private var frames: (any FrameDecoder)?
  /// The first bytes have said whether the log consists of lines.
  private var isRecognised = false
  /// The first bytes have said how they are written.
  private var hasEncoding = false
  /// Bytes that are not plain yet, where the source is compressed or of another encoding.
  private var encoded: EncodedInput?
  /// What the source is, where it is no log.
  private var foreign: String?
  /// The first bytes are no text.
  private var isBinary = false
  /// Nothing more is there now: what is there is all there is to decide with.
  private var isIdle = false
  /// Records were handed over.
  private var hasHandedOver = false
  /// Records were handed over that have numbers, or logits.
  private var hasContent = false
  private var hasToldOfPipe = false
  /// What a pipe gave so far, as long as it may have to be read again.
  private var kept: [UInt8]? = []
  /// The source began anew, and its decoder, if it is still the right one, knows what of it is new.
  private var isRewritten = false
  private(set) var status = ReadStatus()
  private var lastCounts = (records: 0, numbers: 0)
  /// Bytes of the unended line that are in a record already.
  private var takenOfLine = 0
  /// The unended line is too long: everything up to its newline is dropped.
  private var isSkipping = false
  /// Bytes of the unended line when it was last found not to be a whole record.
  private var refusedTail = 0
  /// What is there is the whole source: its last line ends with it.
  private let endsHere: Bool
  private var hasFinished = false

  /// Bytes read at once: small enough to be decoded while they are in the processor's cache.
  private static let chunk = 1 << 18
  /// Opening and starting over come without bytes; a file that only ever does that must not keep the caller.
  private static let mostStepsWithoutBytes = 8
  /// Bytes of a pipe that can be read again.
  private static let mostKept = 1 << 22
  /// What is known of a source changes a few times at most.
  private static let mostRereadings = 6

  /// - Parameter endsHere: nothing is followed, so that a last line without its newline is whole.
  init(_ source: ByteSource, keys: KeyInterner, dialect: Dialect? = nil, endsHere: Bool = false) {
    self.endsHere = endsHere
    self.source = source
    self.keys = keys
    forced = dialect
  }

  /// The file in use; before there is one the path that was asked for.
  var path: String { source.logPath ?? source.path }

  /// Descriptor that becomes readable when there is more, for a pipe.
  var pipeDescriptor: Int32? { source.pipeDescriptor }

  /// Where changes show that there may be more.
  var watchTargets: WatchTargets { source.watchTargets }

  /// The next records, in the order of the file; empty where nothing is new. `status` is always set.
  mutating func nextBatch(limit: ReadLimit) -> RecordBatch {
    var batch = RecordBatch()
    reserve(&batch)
    status.source = read(limit, into: &batch)
    decoder?.finishBatch(&batch)
    var rereadings = 0
    while let reader = decoder, reader.wantsRereading, rereadings < Self.mostRereadings,
      rewind(reader, &batch)
    {
      rereadings += 1
      status.source = read(limit, into: &batch)
      decoder?.finishBatch(&batch)
    }
    status.dialect = frames?.dialect ?? decoder?.dialect
    status.stepSource = frames?.stepSource ?? decoder?.stepSource ?? .logged
    if let frames { status.lines = frames.lines }
    status.bytesRead = source.bytesRead
    status.bytesTotal = source.bytesTotal
    if !batch.numbers.isEmpty || !batch.distributions.isEmpty { hasContent = true }
    status.obstacle = obstacle
    batch.modified = source.modified
    batch.status = status
    lastCounts = (batch.records.count, batch.numbers.count)
    if !batch.records.isEmpty || batch.notices.contains(where: { !$0.isStartOver }) { hasHandedOver = true }
    return batch
  }

  /// Why what is there gives no record.
  private var obstacle: String? {
    if let foreign { return foreign }
    if status.source == .reading || source.bytesRead == 0 { return nil }
    if let frames { return frames.obstacle(buffer.pending) }
    switch decoder?.dialect {
    case nil: return decoder == nil ? nothing : isBinary ? "binary data" : "text without steps and metrics"
    case .jsonl: return hasContent ? nil : "JSON without numbers"
    default: return nil
    }
  }

  /// What there is where no line is.
  private var nothing: String {
    if let encoded { return "\(encoded.encoding.name) that is cut off before its first line" }
    switch buffer.pending.firstVisibleByte {
    case UInt8(ascii: "{"): return "one line of JSON that is cut off"
    case 0x1F, 0x28: return "a compressed file that is cut off at its start"
    case nil: return "nothing but blank lines or zero bytes"
    default:
      return buffer.pending.allSatisfy { $0 == 0 } ? "nothing but zero bytes" : "one line that is cut off"
    }
  }

  private mutating func read(_ limit: ReadLimit, into batch: inout RecordBatch) -> SourceState {
    var budget = max(limit.bytes, 1)
    var stepsWithoutBytes = 0
    isIdle = false
    while stepsWithoutBytes <= Self.mostStepsWithoutBytes {
      decode(limit, &batch)
      if isFull(batch, limit) || budget == 0 { return .reading }
      let before = source.bytesRead
      let step = advance(min(Self.chunk, budget))
      if let foreign { return .failed("\(path): \(foreign)") }
      switch step {
      case .more: break
      case .startedOver(let kind): startOver(kind, &batch)
      case .idle(let state):
        isIdle = true
        decode(limit, &batch)
        if let foreign { return .failed("\(path): \(foreign)") }
        if isFull(batch, limit) { return .reading }
        if frames == nil { decodeTail(&batch) }
        if endsHere, state == .upToDate || state == .ended { finish(limit, &batch) }
        return state
      }
      let got = max(0, source.bytesRead - before)
      budget -= min(budget, got)
      stepsWithoutBytes = got > 0 ? 0 : stepsWithoutBytes + 1
    }
    return .reading
  }

  /// Reads the next bytes, through the decoder of what they are written in.
  private mutating func advance(_ count: Int) -> ByteSource.Step {
    guard let encoded else {
      let before = source.bytesRead
      let step = source.advance(count, into: &buffer)
      keep(buffer.latest(max(0, source.bytesRead - before)))
      return step
    }
    let before = source.bytesRead
    let step = source.advance(count, into: &encoded.raw)
    keep(encoded.raw.latest(max(0, source.bytesRead - before)))
    return decode(encoded) ? .more : step
  }

  /// Makes plain bytes of encoded ones; true where there are more than one turn makes.
  private mutating func decode(_ encoded: EncodedInput) -> Bool {
    do throws(EncodingProblem) {
      return try encoded.decode(into: &buffer)
    } catch {
      if status.lines == 0 { foreign = error.reason }
      return false
    }
  }

  /// Takes what is there for the whole source: its last line may lack the newline, and nothing is waited for.
  private mutating func finish(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    guard !hasFinished else { return }
    hasFinished = true
    guard frames == nil else { return }
    if takenOfLine == 0, !isSkipping, mayEnd(buffer.pending) {
      withUnsafeBytes(of: UInt8(ascii: "\n")) { buffer.append($0) }
      decode(limit, &batch)
    }
    decoder?.noteBlankLine(status.lines, into: &batch)
  }

  private func mayEnd(_ pending: UnsafeRawBufferPointer) -> Bool {
    guard let first = pending.firstVisibleByte, pending.last != UInt8(ascii: "\n") else { return false }
    if let decoder { return decoder.mayEnd(pending) }
    return first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
  }

  /// What a pipe gave cannot be asked for again.
  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    guard source.pipeDescriptor != nil, let count = kept?.count else { return }
    if count + bytes.count > Self.mostKept { kept = nil } else { kept?.append(contentsOf: bytes) }
  }

  /// Goes back to the start of the source; false where that is gone.
  ///
  /// Keys that were announced stay; everything else of the batch comes again.
  private mutating func rewind(_ reader: any LineDecoder, _ batch: inout RecordBatch) -> Bool {
    let again = source.rewind() ? [] : kept
    reader.startAgain()
    guard let again else {
      if !hasToldOfPipe {
        hasToldOfPipe = true
        let sentence =
          "line \(status.lines) shows that steps are to be read otherwise, and more than \(Self.mostKept >> 20) MB of standard input have gone by: what came before keeps the steps it was given; a file would be read again"
        batch.notices.append(
          LogNotice(position: batch.records.count, line: status.lines, kind: .remark(sentence)))
      }
      return false
    }
    let keys = batch.newKeys
    let starts = batch.notices.filter(\.isStartOver)
    batch = RecordBatch()
    batch.newKeys = keys
    batch.notices = starts.map { LogNotice(position: 0, line: $0.line, kind: $0.kind) }
    if hasHandedOver {
      batch.notices += [.stepsRevised, .printedOutput].map { LogNotice(position: 0, line: 1, kind: $0) }
    }
    buffer.dropPending()
    if let encoding = encoded?.encoding { encoded = EncodedInput(encoding) }
    again.withUnsafeBytes { bytes in
      if let encoded { encoded.raw.append(bytes) } else { buffer.append(bytes) }
    }
    takenOfLine = 0
    refusedTail = 0
    isSkipping = false
    hasFinished = false
    status.lines = 0
    return true
  }

  /// Makes room for as much as the last batch held: logs go on as they began.
  private func reserve(_ batch: inout RecordBatch) {
    batch.records.reserveCapacity(lastCounts.records)
    batch.numbers.reserveCapacity(lastCounts.numbers)
    batch.numberKeys.reserveCapacity(lastCounts.numbers)
  }

  private func isFull(_ batch: borrowing RecordBatch, _ limit: ReadLimit) -> Bool {
    batch.records.count + batch.notices.count >= max(limit.records, 1)
  }

  private mutating func decode(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    if !isRecognised { recognise(&batch) }
    guard isRecognised else { return }
    if frames != nil {
      decodeFrames(limit, &batch)
    } else {
      decodeLines(limit, &batch)
    }
  }

  /// Finds out from the first bytes what the source is.
  private mutating func recognise(_ batch: inout RecordBatch) {
    if !hasEncoding { findEncoding() }
    guard hasEncoding, buffer.pendingCount > 0 else { return }
    if let kind = source.folderKind {
      recognised(as: nil, lines: decoder ?? kind.makeDecoder(keys), &batch)
      return
    }
    let (found, isUndecided) = FramedDialect.find(buffer.pending, forced: forced)
    if isUndecided { return }
    if found == nil, forced == nil, let name = ForeignContent.name(of: buffer.pending) {
      foreign = encoded.map { "\($0.encoding.name) of \(name)" } ?? name
      return
    }
    isBinary = ForeignContent.isBinary(buffer.pending)
    let (table, mayBeTable) =
      found == nil
      ? LineDialect.find(start: buffer.pending, forced: forced, keys: keys) : (nil, false)
    // A lone header says nothing without a row below it.
    if mayBeTable { return }
    recognised(as: found, lines: table, &batch)
  }

  /// Waits for enough bytes to tell compressed or other encodings from text, and sends them on their way.
  private mutating func findEncoding() {
    guard buffer.pendingCount >= 4 || isIdle && SourceEncoding.isPlain(buffer.pending) else { return }
    hasEncoding = true
    guard source.folderKind == nil, let encoding = SourceEncoding(buffer.pending) else { return }
    let input = EncodedInput(encoding)
    input.raw.append(buffer.pending)
    buffer.dropPending()
    encoded = input
    _ = decode(input)
  }

  private mutating func recognised(
    as found: FramedDialect?, lines: (any LineDecoder)?, _ batch: inout RecordBatch
  ) {
    isRecognised = true
    if isRewritten, found != nil || frames != nil, found?.dialect != frames?.dialect { forget(&batch) }
    if frames == nil { frames = found?.makeDecoder(keys) }
    frames?.note(path: path)
    if frames != nil { isRewritten = false }
    guard let lines else { return }
    if isRewritten, lines.dialect != decoder?.dialect { forget(&batch) }
    if decoder == nil { decoder = lines }
    isRewritten = false
    isDecided = true
  }

  /// What is there now is not what was there before, rewritten: a restart.
  private mutating func forget(_ batch: inout RecordBatch) {
    frames = nil
    decoder = nil
    isDecided = false
    isRewritten = false
    batch.notices.append(
      LogNotice(position: batch.records.count, line: 1, kind: .startedOver(.replaced)))
  }

  private mutating func decodeFrames(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    let room = max(limit.records, 1) - batch.records.count - batch.notices.count
    guard room > 0, let frames, buffer.pendingCount > 0 else { return }
    buffer.drop(frames.decode(buffer.pending, limit: room, into: &batch))
    if buffer.pendingCount > limit.lineBytes { buffer.dropPending() }
  }

  private mutating func decodeLines(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    while !isFull(batch, limit), let line = buffer.nextLine() {
      finishLine(line, &batch)
    }
    if !isFull(batch, limit) { boundPending(limit, &batch) }
  }

  private mutating func finishLine(_ line: UnsafeRawBufferPointer, _ batch: inout RecordBatch) {
    let taken = takenOfLine
    if taken == 0 { status.lines += 1 }
    takenOfLine = 0
    refusedTail = 0
    if isSkipping {
      isSkipping = false
      return
    }
    let rest = content(of: line, from: taken)
    if rest.isBlank {
      decoder?.noteBlankLine(status.lines, into: &batch)
      return
    }
    let reader = currentDecoder(rest, &batch)
    keep(reader, &batch)
    reader.decode(rest, number: status.lines, into: &batch)
  }

  /// A line, or what is left of it, without the byte order mark of a file, or of one that was appended to it, and without
  /// the holes that file systems leave around lines.
  private func content(of line: UnsafeRawBufferPointer, from taken: Int) -> UnsafeRawBufferPointer {
    let mark = taken == 0 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : taken
    let content = UnsafeRawBufferPointer(rebasing: line[mark...])
    return content.first == 0 || content.last == 0 ? content.withoutHoles : content
  }

  /// The decoder of the log; until one line has shown which it is, every line is asked.
  private mutating func currentDecoder(
    _ line: UnsafeRawBufferPointer, _ batch: inout RecordBatch
  ) -> any LineDecoder {
    if isRewritten {
      isRewritten = false
      if LineDialect.find(line: line, forced: forced, keys: keys)?.dialect != decoder?.dialect {
        forget(&batch)
      }
    }
    if let decoder, isDecided || decoder.dialect != nil {
      isDecided = true
      return decoder
    }
    return LineDialect.find(line: line, forced: forced, keys: keys) ?? decoder ?? LogLineDecoder(keys: keys)
  }

  /// Goes on with a decoder; what another one made of earlier lines, which decided nothing, is taken back.
  private mutating func keep(_ reader: any LineDecoder, _ batch: inout RecordBatch) {
    if let decoder, decoder !== reader {
      batch.notices.append(
        LogNotice(position: batch.records.count, line: status.lines, kind: .printedOutput))
    }
    decoder = reader
  }

  /// At the end of what is there: an unended line that is a whole record counts as one already.
  private mutating func decodeTail(_ batch: inout RecordBatch) {
    let pending = buffer.pending
    guard isRecognised, !isSkipping, pending.count > max(takenOfLine, refusedTail) else { return }
    let number = takenOfLine == 0 ? status.lines + 1 : status.lines
    let rest = content(of: pending, from: takenOfLine)
    refusedTail = pending.count
    if rest.isBlank { return }
    // A decoder is kept only for a line that has ended: the start of one may not show yet what the log is.
    let reader = currentDecoder(rest, &batch)
    let taken = reader.decodeWhole(rest, number: number, into: &batch)
    if taken == 0 { return }
    keep(reader, &batch)
    status.lines = number
    takenOfLine = pending.count - rest.count + taken
  }

  /// Rejects a line that grows beyond all bounds, without waiting for its end.
  private mutating func boundPending(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    if isSkipping {
      buffer.dropPending()
      return
    }
    let count = buffer.pendingCount
    guard count > limit.foreignLineBytes || count > limit.lineBytes else { return }
    let bound =
      buffer.pending.firstVisibleByte == UInt8(ascii: "{") ? limit.lineBytes : limit.foreignLineBytes
    guard count > bound else { return }
    let number = takenOfLine == 0 ? status.lines + 1 : status.lines
    let reason = "longer than \(bound) bytes"
    batch.notices.append(
      LogNotice(position: batch.records.count, line: number, kind: .rejected(reason: reason)))
    isSkipping = true
    buffer.dropPending()
  }

  private mutating func startOver(_ kind: LogNotice.StartOver, _ batch: inout RecordBatch) {
    if frames == nil { decodeTail(&batch) }
    decoder?.finishBatch(&batch)
    buffer.dropPending()
    takenOfLine = 0
    refusedTail = 0
    isSkipping = false
    isRecognised = false
    hasFinished = false
    // What comes again of the new content takes nothing back of the old one.
    hasHandedOver = false
    hasEncoding = false
    encoded = nil
    foreign = nil
    kept = []
    status.lines = 0
    isRewritten = frames?.startOver() ?? decoder?.startOver() ?? false
    if isRewritten { return }
    frames = nil
    decoder = nil
    isDecided = false
    batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .startedOver(kind)))
  }
}

extension UnsafeRawBufferPointer {
  /// Without zero bytes at both ends.
  fileprivate var withoutHoles: UnsafeRawBufferPointer {
    guard let first = firstIndex(where: { $0 != 0 }), let last = lastIndex(where: { $0 != 0 }) else {
      return UnsafeRawBufferPointer(rebasing: self[..<0])
    }
    return UnsafeRawBufferPointer(rebasing: self[first...last])
  }
}

extension LogNotice {
  fileprivate var isStartOver: Bool {
    if case .startedOver = kind { return true }
    return false
  }
}

extension SourceEncoding {
  fileprivate var name: String {
    switch self {
    case .gzip: "gzip"
    case .zstd: "zstd"
    case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
    }
  }
}
