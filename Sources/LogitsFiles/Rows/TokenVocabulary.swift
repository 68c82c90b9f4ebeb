/// The bytes of every token of a vocabulary, mapped: single tokens are often no UTF-8.
package final class TokenVocabulary: @unchecked Sendable {
  // Nothing of it changes after `init`: the mapping is read only.
  /// V.
  package let count: Int
  private let file: MappedFile
  private let text: Range<Int>
  private let offsets: Int

  /// What it is called beside rows files.
  package static let name = "vocabulary.safetensors"

  /// Maps a file with `text` U8 [bytes] and `offsets` I64 [V + 1].
  package init(path: String) throws(LogitsFileProblem) {
    var mapped = try MappedFile(path)
    do throws(HeaderProblem) {
      let tensors = ListedTensors(try SafetensorsHeader(of: mapped))
      let text = try tensors.list("text", .uint8)
      let offsets = try tensors.list("offsets", .int64)
      try Offsets.check(offsets, end: text.count, mapped)
      self.text = text.bytes
      self.offsets = offsets.bytes.lowerBound
      count = offsets.count - 1
    } catch {
      try mapped.checkUnchanged()
      throw LogitsFileProblem(path, error.reason, kind: error.kind)
    }
    try mapped.checkUnchanged()
    mapped.closeDescriptor()
    file = mapped
  }

  private func bytes(of token: Int) -> [UInt8] {
    guard token >= 0, token < count else { return [] }
    let start = file.integer(at: offsets + token * 8, as: Int64.self)
    let end = file.integer(at: offsets + token * 8 + 8, as: Int64.self)
    // Zeros are read where the file has shrunk.
    guard start >= 0, start <= end, Int(end) <= text.count else { return [] }
    return file.copy(text.lowerBound + Int(start)..<text.lowerBound + Int(end))
  }

  /// A token as text; bytes that are no UTF-8 by themselves are written `\xE2`. Nil for a token that it does not have.
  package func text(of token: Int) -> String? {
    guard token >= 0, token < count else { return nil }
    let bytes = bytes(of: token)
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return bytes.map { $0 < 0x80 ? String(Unicode.Scalar($0)) : Self.escaped($0) }.joined()
  }

  private static func escaped(_ byte: UInt8) -> String {
    "\\x" + String(byte, radix: 16, uppercase: true)
  }

  /// Several tokens as one text: bytes of neighbours make up characters.
  package func text(of tokens: some Sequence<Int>) -> String {
    String(decoding: tokens.flatMap { bytes(of: $0) }, as: UTF8.self)
  }
}

/// What was asked: the tokens of every sample, and from which on they count.
package struct RowsProbes: Sendable {
  /// One sample.
  package struct Probe: Sendable, Hashable {
    /// Every token that the models read.
    package var tokens: [Int]
    /// The first of them that counts as a target; those before are the prompt.
    package var start: Int
  }

  private var probes: [RowsHeader.Sample: Probe] = [:]

  /// Reads a file with `input_ids` I32 [N], `sample_offsets` I64 [S + 1], `start` I32 [S] and the names in its metadata.
  package init(path: String) throws(LogitsFileProblem) {
    let file = try MappedFile(path)
    do throws(HeaderProblem) {
      try read(file)
    } catch {
      try file.checkUnchanged()
      throw LogitsFileProblem(path, error.reason, kind: error.kind)
    }
    try file.checkUnchanged()
  }

  private mutating func read(_ file: borrowing MappedFile) throws(HeaderProblem) {
    let header = try SafetensorsHeader(of: file)
    guard let names = header.metadata["samples"] else { throw HeaderProblem("its metadata lacks samples") }
    let samples = try RowsHeader.Sample.list(names)
    let tensors = ListedTensors(header)
    let ids = try tensors.list("input_ids", .int32)
    let offsets = try tensors.list("sample_offsets", .int64, count: samples.count + 1)
    let starts = try tensors.list("start", .int32, count: samples.count)
    try Offsets.check(offsets, end: ids.count, file)
    for (index, sample) in samples.enumerated() {
      let place = offsets.bytes.lowerBound + index * 8
      let first = Int(file.integer(at: place, as: Int64.self))
      let end = Int(file.integer(at: place + 8, as: Int64.self))
      let tokens = (first..<end).map {
        Int(file.integer(at: ids.bytes.lowerBound + $0 * 4, as: Int32.self))
      }
      let start = Int(file.integer(at: starts.bytes.lowerBound + index * 4, as: Int32.self))
      probes[sample] = Probe(tokens: tokens, start: min(max(0, start), tokens.count))
    }
  }

  package subscript(sample: RowsHeader.Sample) -> Probe? { probes[sample] }
}

/// Tensors of one axis, by their names.
private struct ListedTensors {
  private let header: SafetensorsHeader

  init(_ header: SafetensorsHeader) { self.header = header }

  func list(_ name: String, _ type: ElementType, count: Int? = nil) throws(HeaderProblem) -> StoredTensor {
    guard let tensor = header.tensors.first(where: { $0.name == name }) else {
      throw HeaderProblem("lacks the tensor \(name)")
    }
    guard tensor.type == type, tensor.shape.count == 1 else {
      throw HeaderProblem(
        "\(name) is \(tensor.type.rawValue) \(tensor.shape.written), not a list of \(type.rawValue)")
    }
    if let count, tensor.count != count {
      throw HeaderProblem("\(name) has \(tensor.count) numbers, not \(count)")
    }
    return tensor
  }
}

/// Places at which a list is cut.
enum Offsets {
  /// Checks that offsets begin at 0, never fall, and end with what they cut.
  static func check(_ tensor: StoredTensor, end: Int, _ file: borrowing MappedFile) throws(HeaderProblem) {
    let name = tensor.name
    guard tensor.count > 0 else { throw HeaderProblem("\(name) is empty, and begins with 0 at least") }
    try file.withBytes(tensor.bytes) { (bytes) throws(HeaderProblem) in
      func offset(_ index: Int) -> Int64 {
        Int64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: Int64.self))
      }
      var falls: Int64 = 0
      for index in 1..<tensor.count { falls |= offset(index) < offset(index - 1) ? 1 : 0 }
      if falls == 0, offset(0) == 0, offset(tensor.count - 1) == Int64(end) { return }
      var last: Int64 = 0
      for index in 0..<tensor.count {
        let offset = offset(index)
        guard offset >= last, index > 0 || offset == 0, offset <= Int64(end) else {
          throw HeaderProblem(
            "\(name)[\(index)] is \(offset): offsets begin at 0, never fall, and end at \(end)")
        }
        last = offset
      }
      guard last == Int64(end) else { throw HeaderProblem("\(name) ends at \(last), and there are \(end)") }
    }
  }
}
