/// What a file is that is no log, told from its first bytes.
enum ForeignContent {
  private struct Mark: Sendable {
    var offset = 0
    var bytes: [UInt8]
    var name: String
  }

  private static let marks: [Mark] = [
    Mark(
      bytes: Array("version https://git-lfs".utf8),
      name: "a git-lfs pointer, not the file itself: git lfs pull gets it"),
    Mark(bytes: Array("PK\u{3}\u{4}".utf8), name: "a zip archive, such as a PyTorch checkpoint or an .npz"),
    Mark(
      bytes: Array("SQLite format 3\0".utf8),
      name: "an SQLite database of something else than mlflow or trackio"),
    Mark(bytes: [0x89, 0x50, 0x4E, 0x47], name: "a PNG image"),
    Mark(bytes: [0xFF, 0xD8, 0xFF], name: "a JPEG image"),
    Mark(bytes: Array("GIF8".utf8), name: "a GIF image"),
    Mark(offset: 8, bytes: Array("WEBP".utf8), name: "a WebP image"),
    Mark(bytes: Array("%PDF".utf8), name: "a PDF document"),
    Mark(bytes: [0x7F, 0x45, 0x4C, 0x46], name: "an ELF program"),
    Mark(bytes: [0x93] + Array("NUMPY".utf8), name: "a NumPy array: kltop kl compares those"),
    Mark(bytes: [0x89] + Array("HDF\r\n".utf8), name: "an HDF5 file"),
    Mark(bytes: Array("PAR1".utf8), name: "a Parquet file"),
    Mark(bytes: Array("ARROW1".utf8), name: "an Arrow file"),
    Mark(bytes: Array("BZh".utf8), name: "bzip2: bunzip2 unpacks it"),
    Mark(bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A], name: "xz: unxz unpacks it"),
    Mark(bytes: [0x37, 0x7A, 0xBC, 0xAF], name: "a 7z archive"),
    Mark(offset: 257, bytes: Array("ustar".utf8), name: "a tar archive"),
    Mark(bytes: Array("GGUF".utf8), name: "a GGUF model"),
    Mark(bytes: Array("!<arch>".utf8), name: "an ar archive or a Debian package"),
    Mark(offset: 8, bytes: Array("{\"".utf8), name: "safetensors: kltop kl compares those"),
  ]

  /// What the first bytes are of; `nil` for what may be a log.
  static func name(of start: UnsafeRawBufferPointer) -> String? {
    if let mark = marks.first(where: {
      start.dropFirst($0.offset).starts(with: $0.bytes) && isLikely($0, start)
    }) {
      return mark.name
    }
    // A pickle begins with its protocol, and PyTorch's old checkpoints with a long number.
    if start.count > 2, start[0] == 0x80, (2...5).contains(start[1]) { return "a pickle" }
    // Its oldest form is text.
    let isOldPickle = ["(dp0\n", "(lp0\n", "ccopy_reg\n"].contains { start.starts(with: $0.utf8) }
    if isOldPickle { return "a pickle" }
    let text = String(decoding: start.prefix(512), as: UTF8.self).drop(while: \.isWhitespace).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return "an HTML page" }
    if text.hasPrefix("<?xml") || text.hasPrefix("<svg") { return "an XML document" }
    return nil
  }

  /// A header of safetensors follows its length, which is no text.
  private static func isLikely(_ mark: Mark, _ start: UnsafeRawBufferPointer) -> Bool {
    guard mark.offset == 8, mark.bytes.first == UInt8(ascii: "{") else { return true }
    return start.count > 8 && start[5] == 0 && start[6] == 0 && start[7] == 0
      && start[..<5].contains { $0 != 0 }
  }

  /// True for a text with bytes that no text has.
  static func isBinary(_ start: UnsafeRawBufferPointer) -> Bool {
    let controls = start.prefix(4096).filter {
      $0 < 0x20 && !$0.isSpace && $0 != 0x1B && $0 != 0x08 && $0 != 0 && $0 != 0x0C
    }
    return controls.count * 20 > min(start.count, 4096)
  }
}
