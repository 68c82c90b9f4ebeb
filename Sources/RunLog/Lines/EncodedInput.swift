internal import CZlib
internal import CZstd

/// How the bytes of a source are written, where that is not plain text of one byte or more.
enum SourceEncoding: Sendable, Hashable {
  case gzip, zstd, utf16LittleEndian, utf16BigEndian

  /// Of a text without a mark this share of its bytes is looked at.
  private static let mostLookedAt = 4096

  /// The encoding that the first bytes of a source show; `nil` for plain bytes.
  init?(_ start: UnsafeRawBufferPointer) {
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if start.starts(with: [0xFF, 0xFE]) {
      self = .utf16LittleEndian
    } else if start.starts(with: [0xFE, 0xFF]) {
      self = .utf16BigEndian
    } else {
      // Latin text has a zero byte in each unit, always at the same place.
      let looked = start.prefix(Self.mostLookedAt)
      var zeros = (even: 0, odd: 0)
      for (index, byte) in looked.enumerated() where byte == 0 {
        if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
      }
      let units = looked.count / 2
      guard units >= 2 else { return nil }
      if zeros.even == 0, zeros.odd * 10 > units * 6 {
        self = .utf16LittleEndian
      } else if zeros.odd == 0, zeros.even * 10 > units * 6 {
        self = .utf16BigEndian
      } else {
        return nil
      }
    }
  }

  /// True for a few bytes with which no other encoding begins.
  static func isPlain(_ start: UnsafeRawBufferPointer) -> Bool {
    guard let first = start.first else { return false }
    return first != 0x1F && first != 0x28 && first < 0x80 && !start.contains(0)
  }

  fileprivate func makeDecoder() -> any EncodedDecoder {
    switch self {
    case .gzip: GzipDecoder()
    case .zstd: ZstdDecoder()
    case .utf16LittleEndian: UTF16Decoder(isBigEndian: false)
    case .utf16BigEndian: UTF16Decoder(isBigEndian: true)
    }
  }
}

/// What an encoded source is damaged by: one phrase.
struct EncodingProblem: Error {
  var reason: String
}

/// The bytes of an encoded source on their way to plain text.
final class EncodedInput {
  let encoding: SourceEncoding
  /// Bytes as they were read.
  var raw = LineBuffer(padding: 0)
  private let decoder: any EncodedDecoder
  private var problem: String?
  /// What was compressed, where that is not plain text either.
  private var inner: EncodedInput?
  private var knowsInner = false

  /// Plain bytes that are made at once.
  private static let chunk = 1 << 18
  /// Plain bytes that one turn makes: a small file may hold very many.
  private static let mostOfATurn = 1 << 23

  init(_ encoding: SourceEncoding) {
    self.encoding = encoding
    decoder = encoding.makeDecoder()
  }

  /// Decodes what is there.
  ///
  /// - Returns: true where there is more to decode.
  /// - Throws: where the bytes are damaged; what comes behind cannot be read.
  func decode(into plain: inout LineBuffer) throws(EncodingProblem) -> Bool {
    if let inner {
      let hasMore = try decodeOwn(into: &inner.raw)
      return try inner.decode(into: &plain) || hasMore
    }
    let hasMore = try decodeOwn(into: &plain)
    guard !knowsInner, plain.pendingCount >= 4 else { return hasMore }
    knowsInner = true
    guard encoding == .gzip || encoding == .zstd, let encoding = SourceEncoding(plain.pending),
      encoding != .gzip, encoding != .zstd
    else { return hasMore }
    let input = EncodedInput(encoding)
    input.raw.append(plain.pending)
    plain.dropPending()
    inner = input
    _ = try input.decode(into: &plain)
    return hasMore
  }

  private func decodeOwn(into plain: inout LineBuffer) throws(EncodingProblem) -> Bool {
    if let problem { throw EncodingProblem(reason: problem) }
    var made = 0
    while made < Self.mostOfATurn {
      let source = raw.pending
      var taken = 0
      let got: Int
      do throws(EncodingProblem) {
        got = try plain.fill(Self.chunk) { (room) throws(EncodingProblem) in
          let outcome = try decoder.decode(source, into: room)
          taken = outcome.taken
          return outcome.made
        }
      } catch {
        problem = error.reason
        throw error
      }
      raw.drop(taken)
      made += got
      if got == 0, taken == 0 { return false }
    }
    return true
  }
}

/// Decodes bytes piece by piece.
private protocol EncodedDecoder: AnyObject {
  /// Bytes of `source` that were taken and bytes of `room` that were made; both 0 where nothing goes on without more.
  func decode(
    _ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodingProblem) -> (taken: Int, made: Int)
}

/// gzip, of one part or several one after another; the last may not have ended yet.
private final class GzipDecoder: EncodedDecoder {
  private var stream = z_stream()
  private var isReady: Bool

  init() {
    isReady = kltop_inflate_init_gzip(&stream) == Z_OK
  }

  deinit { inflateEnd(&stream) }

  func decode(
    _ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodingProblem) -> (taken: Int, made: Int) {
    guard isReady else { throw EncodingProblem(reason: "zlib has no memory") }
    guard let bytes = source.baseAddress, !source.isEmpty else { return (0, 0) }
    stream.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(clamping: source.count)
    stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: room.count)
    let offered = stream.avail_in
    let code = inflate(&stream, Z_NO_FLUSH)
    let taken = Int(offered - stream.avail_in)
    let made = room.count - Int(stream.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: return (taken, made)
    case Z_STREAM_END:
      // Another part may follow.
      isReady = inflateReset(&stream) == Z_OK
      return (taken, made)
    default:
      throw EncodingProblem(reason: "damaged gzip" + (stream.msg.map { ": " + String(cString: $0) } ?? ""))
    }
  }
}

/// zstd, of one frame or several one after another.
private final class ZstdDecoder: EncodedDecoder {
  private let stream = ZSTD_createDStream()

  deinit { ZSTD_freeDStream(stream) }

  func decode(
    _ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodingProblem) -> (taken: Int, made: Int) {
    guard let stream else { throw EncodingProblem(reason: "zstd has no memory") }
    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    let code = ZSTD_decompressStream(stream, &output, &input)
    if ZSTD_isError(code) != 0 {
      throw EncodingProblem(reason: "damaged zstd: " + String(cString: ZSTD_getErrorName(code)))
    }
    return (input.pos, output.pos)
  }
}

/// UTF-16, whose units may be cut anywhere.
private final class UTF16Decoder: EncodedDecoder {
  private let isBigEndian: Bool
  private var isAtStart = true

  /// A scalar takes at most four bytes in either encoding, and a unit of two at most three.
  private static let mostBytesOfAUnit = 3

  init(isBigEndian: Bool) {
    self.isBigEndian = isBigEndian
  }

  func decode(
    _ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodingProblem) -> (taken: Int, made: Int) {
    var units = min(source.count / 2, room.count / Self.mostBytesOfAUnit)
    guard units > 0 else { return (0, 0) }
    // The second half of a pair may not have come yet.
    if UTF16.isLeadSurrogate(unit(units - 1, source)) { units -= 1 }
    let skipped = isAtStart && units > 0 && unit(0, source) == 0xFEFF ? 1 : 0
    if units > 0 { isAtStart = false }
    let text = String(
      decoding: (skipped..<max(skipped, units)).lazy.map { self.unit($0, source) }, as: UTF16.self)
    room.copyBytes(from: text.utf8)
    return (units * 2, text.utf8.count)
  }

  private func unit(_ index: Int, _ source: UnsafeRawBufferPointer) -> UInt16 {
    let bytes = (UInt16(source[index * 2]), UInt16(source[index * 2 + 1]))
    return isBigEndian ? bytes.0 << 8 | bytes.1 : bytes.1 << 8 | bytes.0
  }
}
