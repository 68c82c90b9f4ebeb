internal import FileAccess

// What a source turns out to be: how it is written, what kind of log it is, and why it is none.

extension FileFollower {
  /// Finds out from the first bytes what the source is.
  mutating func recognise(_ batch: inout RecordBatch) {
    if !content.hasEncoding { findEncoding() }
    guard content.hasEncoding, buffer.pendingCount > 0 else { return }
    if let kind = source.folderKind {
      recognised(as: nil, lines: content.decoder ?? kind.makeDecoder(keys), &batch)
      return
    }
    let (found, isUndecided) = FramedDialect.find(buffer.pending, forced: content.forced)
    if isUndecided { return }
    if found == nil, content.forced == nil, let name = ForeignContent.name(of: buffer.pending) {
      content.foreign = encoded.map { "\($0.encoding.name) of \(name)" } ?? name
      return
    }
    content.isBinary = ForeignContent.isBinary(buffer.pending)
    let (table, mayBeTable) =
      found == nil
      ? LineDialect.find(start: buffer.pending, forced: content.forced, keys: keys) : (nil, false)
    // A lone header says nothing without a row below it.
    if mayBeTable { return }
    recognised(as: found, lines: table, &batch)
  }

  /// Waits for enough bytes to tell compressed or other encodings from text, and sends them on their way.
  private mutating func findEncoding() {
    guard buffer.pendingCount >= 4 || isIdle && SourceEncoding.isPlain(buffer.pending) else { return }
    content.hasEncoding = true
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
    content.isRecognised = true
    if content.isRewritten, found != nil || content.frames != nil, found?.dialect != content.frames?.dialect {
      forget(&batch)
    }
    if content.frames == nil { content.frames = found?.makeDecoder(keys) }
    content.frames?.note(path: path)
    if content.frames != nil { content.isRewritten = false }
    guard let lines else { return }
    if content.isRewritten, lines.dialect != content.decoder?.dialect { forget(&batch) }
    if content.decoder == nil { content.decoder = lines }
    content.isRewritten = false
    content.isDecided = true
  }

  /// What is there now is not what was there before, rewritten: a restart.
  private mutating func forget(_ batch: inout RecordBatch) {
    content.forgetDecoders()
    batch.notices.append(
      LogNotice(position: batch.records.count, line: 1, kind: .startedOver(.replaced)))
  }

  /// The decoder of the log; until one line has shown which it is, every line is asked.
  mutating func currentDecoder(
    _ line: UnsafeRawBufferPointer, _ batch: inout RecordBatch
  ) -> any LineDecoder {
    if content.isRewritten {
      content.isRewritten = false
      if LineDialect.find(line: line, forced: content.forced, keys: keys)?.dialect != content.decoder?.dialect
      {
        forget(&batch)
      }
    }
    if let decoder = content.decoder, content.isDecided || decoder.dialect != nil {
      content.isDecided = true
      return decoder
    }
    return LineDialect.find(line: line, forced: content.forced, keys: keys) ?? content.decoder
      ?? LogLineDecoder(keys: keys, expectsLog: content.wasBelieved)
  }

  /// Goes on with a decoder; what another one made of earlier lines, which decided nothing, is taken back.
  mutating func keep(_ reader: any LineDecoder, _ batch: inout RecordBatch) {
    if let decoder = content.decoder, decoder !== reader {
      batch.notices.append(
        LogNotice(position: batch.records.count, line: status.lines, kind: .printedOutput))
    }
    content.decoder = reader
  }

  /// Why what is there gives no record.
  ///
  /// - Parameter hasContent: something gave numbers, or logits.
  func obstacle(hasContent: Bool) -> String? {
    if let foreign = content.foreign { return foreign }
    if status.source == .reading || source.bytesRead == 0 { return nil }
    if let frames = content.frames { return frames.obstacle(buffer.pending) }
    switch content.decoder?.dialect {
    case nil:
      return content.decoder == nil
        ? nothing : content.isBinary ? "binary data" : "text without steps and metrics"
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
}

/// What the bytes of a source turned out to be.
struct SourceContent {
  /// The dialect that the user says it is.
  var forced: Dialect?
  /// The first bytes have said how they are written.
  var hasEncoding = false
  /// The first bytes have said whether the log consists of lines.
  var isRecognised = false
  /// Decodes a log that does not consist of lines.
  var frames: (any FrameDecoder)?
  /// Decodes the lines of one that does.
  var decoder: (any LineDecoder)?
  /// A line has shown what the log is.
  var isDecided = false
  /// What the source is, where it is no log.
  var foreign: String?
  /// The first bytes are no text.
  var isBinary = false
  /// The source began anew, and its decoder, if it is still the right one, knows what of it is new.
  var isRewritten = false
  /// What was there before was a log: what takes its place needs less proof that it is one.
  private(set) var wasBelieved = false

  /// The source begins anew; true where its decoder finds out itself what of it is new.
  mutating func startOver() -> Bool {
    isRecognised = false
    hasEncoding = false
    foreign = nil
    if decoder?.isBelieved == true { wasBelieved = true }
    isRewritten = frames?.startOver() ?? decoder?.startOver() ?? false
    if !isRewritten { forgetDecoders() }
    return isRewritten
  }

  mutating func forgetDecoders() {
    frames = nil
    decoder = nil
    isDecided = false
    isRewritten = false
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
