internal import FileAccess

/// What the header of a file of logits says; the logits themselves stay where they are.
package struct LogitsHeader: Sendable {
  package enum Content: Sendable {
    /// `.safetensors`, by name.
    case tensors([StoredTensor])
    /// `.npy`.
    case array(StoredTensor)
    case llamaBase(LlamaBase)
  }

  package let path: String
  package let content: Content
  /// The training step from the metadata, else from the name, else nil.
  package let step: Int?
  /// Tensors of types that are not read, by name.
  private let otherTypes: [String: String]
  /// Which file it was.
  let status: FileStatus

  /// Reads and checks the header of a file.
  package init(path: String) throws(LogitsFileProblem) {
    let file = try MappedFile(path)
    do throws(HeaderProblem) {
      let parsed = try Self.parse(file)
      content = parsed.content
      otherTypes = parsed.otherTypes
      step = try Self.step(in: parsed.metadata) ?? StepInName.step(of: path)
    } catch {
      try file.checkUnchanged()
      throw LogitsFileProblem(path, error.reason, kind: error.kind)
    }
    try file.checkUnchanged()
    self.path = path
    status = file.status
  }

  /// True where both files are the same one, unchanged.
  func isSameFile(as other: FileStatus) -> Bool {
    status == other
  }

  private static func step(in metadata: [String: String]) throws(HeaderProblem) -> Int? {
    guard let text = metadata["step"] else { return nil }
    guard let step = Int(text) else { throw HeaderProblem("the metadata names a step that is no integer") }
    return step
  }

  private typealias Parsed = (content: Content, metadata: [String: String], otherTypes: [String: String])

  private static func parse(_ file: borrowing MappedFile) throws(HeaderProblem) -> Parsed {
    let size = file.status.size
    let start = file.withBytes(0..<min(size, LlamaBase.headerLength)) { span in
      (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    if start.starts(with: NumpyHeader.magic) { return (.array(try array(file, size)), [:], [:]) }
    if start.starts(with: LlamaBase.magic) { return (.llamaBase(try llamaBase(file, size)), [:], [:]) }
    if let refused = RefusedFormat(path: file.path, start: start) {
      throw HeaderProblem(refused.refusal(of: file.path))
    }
    let name = RefusedFormat.fileExtension(of: file.path)
    if name == "npy" { throw notArray(start, size) }
    guard name == "safetensors" || (start.count > 8 && start[8] == UInt8(ascii: "{")) else {
      throw HeaderProblem("is no .safetensors, .npy or llama.cpp _logits_ file")
    }
    let header = try SafetensorsHeader(of: file)
    return (.tensors(header.tensors), header.metadata, header.otherTypes)
  }

  /// A file that does not start as it should, perhaps because its start is not written yet.
  private static func notArray(_ start: [UInt8], _ size: Int) -> HeaderProblem {
    size < NumpyHeader.magic.count && NumpyHeader.magic.starts(with: start)
      ? .incomplete(size: size, needed: 12) : HeaderProblem("does not start like an .npy file")
  }

  private static func array(_ file: borrowing MappedFile, _ size: Int) throws(HeaderProblem) -> StoredTensor {
    let range = try file.withBytes(0..<min(size, 12)) { (start) throws(HeaderProblem) in
      try NumpyHeader.dictionary(start, fileSize: size)
    }
    return try NumpyHeader(file.copy(range), dataStart: range.upperBound, fileSize: size).tensor
  }

  private static func llamaBase(_ file: borrowing MappedFile, _ size: Int) throws(HeaderProblem) -> LlamaBase
  {
    guard size >= LlamaBase.headerLength else {
      throw .incomplete(size: size, needed: LlamaBase.headerLength)
    }
    return try file.withBytes(0..<LlamaBase.headerLength) { (start) throws(HeaderProblem) in
      try LlamaBase(start, fileSize: size)
    }
  }

  /// One phrase that says what there is instead of what was looked for.
  package var inventory: String {
    guard case .tensors(let tensors) = content else { return "one array" }
    let names = tensors.map(\.name) + otherTypes.map { "\($0.key) (\($0.value))" }
    if names.isEmpty { return "no tensors" }
    let listed = names.sorted().prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(listed) and \(names.count - 8) more" : listed
  }
}
