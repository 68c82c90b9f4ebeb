import CSimdJSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds the fresh half of a line in a torn line that lost its newline: a writer died in the middle of a line, and the
/// next one went on behind it.
///
/// A fresh half starts like the file's other lines, with the same first key; anything else that looks like an object
/// may as well be a part of the torn line.
struct TornLineSearch {
  enum Split {
    /// A whole object and what follows it.
    case joined(UnsafeRawBufferPointer, next: UnsafeRawBufferPointer)
    /// Something torn, and the object that follows it.
    case torn(fresh: UnsafeRawBufferPointer)
    case neither
  }

  /// First keys so far, with both quotes, as they are written.
  private var firstKeys: [[UInt8]] = []

  /// A log has few kinds of lines; garbage must not make the search long.
  private static let mostKeys = 8
  private static let mostCandidates = 64
  /// Bytes that may be looked at again for one line.
  private static let mostBytes = 64 << 20

  /// Takes note of the first key of a record.
  mutating func note(firstKey: csj_text) {
    guard firstKey.length > 0, firstKeys.count < Self.mostKeys else { return }
    let isKnown = firstKeys.contains {
      $0.count == firstKey.length && memcmp($0, firstKey.bytes, firstKey.length) == 0
    }
    if !isKnown {
      firstKeys.append(Array(UnsafeBufferPointer(start: firstKey.bytes, count: firstKey.length)))
    }
  }

  /// Splits a line that is no object.
  func split(_ line: UnsafeRawBufferPointer, _ parser: LineParser) -> Split {
    for start in starts(in: line) {
      if let joined = Self.joined(line, at: start, parser) { return joined }
      let after = UnsafeRawBufferPointer(rebasing: line[start...])
      if parser.isObject(after) { return .torn(fresh: after) }
    }
    return .neither
  }

  /// Splits off a whole object at the start of a line that has not ended yet.
  func splitWhole(_ line: UnsafeRawBufferPointer, _ parser: LineParser) -> Split {
    starts(in: line).lazy.compactMap { Self.joined(line, at: $0, parser) }.first ?? .neither
  }

  private static func joined(
    _ line: UnsafeRawBufferPointer, at start: Int, _ parser: LineParser
  ) -> Split? {
    let before = UnsafeRawBufferPointer(rebasing: line[..<start])
    guard before.trimmedAtEnd.last == UInt8(ascii: "}"), parser.isObject(before) else { return nil }
    return .joined(before, next: UnsafeRawBufferPointer(rebasing: line[start...]))
  }

  /// Where in a line, but not at its start, an object with one of the first keys begins.
  private func starts(in line: UnsafeRawBufferPointer) -> [Int] {
    let keys = firstKeys.isEmpty ? Self.firstKey(of: line).map { [$0] } ?? [] : firstKeys
    let most = min(Self.mostCandidates, max(2, Self.mostBytes / max(line.count, 1)))
    var found: [Int] = []
    var position = 1
    while found.count < most, let brace = Self.brace(in: line, from: position) {
      let key = line[(brace + 1)...].drop { $0.isSpace }
      if keys.contains(where: { key.starts(with: $0) }) { found.append(brace) }
      position = brace + 1
    }
    return found
  }

  private static func brace(in line: UnsafeRawBufferPointer, from position: Int) -> Int? {
    guard position < line.count, let base = line.baseAddress else { return nil }
    let match = memchr(base + position, Int32(UInt8(ascii: "{")), line.count - position)
    return match.map { UnsafeRawPointer($0) - base }
  }

  /// The first key of a line that may be torn: before the first record it is the only one there is.
  private static func firstKey(of line: UnsafeRawBufferPointer) -> [UInt8]? {
    let quote = UInt8(ascii: "\"")
    let start = line.drop { $0.isSpace }
    guard start.first == UInt8(ascii: "{") else { return nil }
    let key = start.dropFirst().drop { $0.isSpace }
    guard key.first == quote, let end = key.dropFirst().firstIndex(of: quote) else { return nil }
    return Array(line[key.startIndex...end])
  }
}
