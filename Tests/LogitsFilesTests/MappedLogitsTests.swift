import LogitsFiles
import TestSupport
import Testing

/// Files that change under the reader.
struct MappedLogitsTests {
  private let folder: ScratchFolder
  private static let rows = 1024
  private static let vocabulary = 256

  init() throws { folder = try ScratchFolder() }

  private func written() throws -> LogitsHeader {
    let count = Self.rows * Self.vocabulary
    let bytes = LogitsFileBytes.safetensors([
      WrittenTensor("logits", .float32, [Self.rows, Self.vocabulary], Array(repeating: 1, count: count))
    ])
    return try LogitsHeader(path: try folder.write(bytes, to: "logits.safetensors"))
  }

  private func sum(_ mapped: borrowing MappedLogits) throws -> Double {
    let source = try #require(mapped.header.prompts(asReference: false).first?.policy)
    var room = RowBuffer()
    return mapped.withRows(0..<Self.rows, of: source, vocabulary: Self.vocabulary, room: &room) { span in
      (0..<Self.rows * Self.vocabulary).reduce(0) { $0 + source.type.number(in: span, at: $1) }
    }
  }

  @Test func `A file that stays as it is reads as it is`() throws {
    let mapped = try MappedLogits(try written())
    #expect(try sum(mapped) == Double(Self.rows * Self.vocabulary))
    #expect(throws: Never.self) { try mapped.checkUnchanged() }
  }

  @Test(arguments: [0, 5000, 1 << 19, 1 << 20])
  func `A file that shrinks while it is read is an error and no fault`(size: Int) throws {
    let mapped = try MappedLogits(try written())
    try folder.resize("logits.safetensors", to: size)
    // Zeros stand where the file has nothing any more.
    #expect(try sum(mapped) < Double(Self.rows * Self.vocabulary))
    let problem = #expect(throws: LogitsFileProblem.self) { try mapped.checkUnchanged() }
    #expect(problem?.kind == .changed)
    #expect(problem?.reason.contains("shrank while it was read") == true)
  }

  @Test func `Two files that shrink at once are told apart`() throws {
    let kept = try MappedLogits(try written())
    let other = try folder.write(
      LogitsFileBytes.safetensors([
        WrittenTensor("logits", .float32, [1, 4096], Array(repeating: 1, count: 4096))
      ]),
      to: "other.safetensors")
    let lost = try MappedLogits(try LogitsHeader(path: other))
    try folder.resize("other.safetensors", to: 10)
    let source = try #require(lost.header.prompts(asReference: false).first?.policy)
    var room = RowBuffer()
    let last = lost.withRows(0..<1, of: source, vocabulary: 4096, room: &room) {
      source.type.number(in: $0, at: 4095)
    }
    #expect(last == 0)
    #expect(throws: LogitsFileProblem.self) { try lost.checkUnchanged() }
    #expect(try sum(kept) == Double(Self.rows * Self.vocabulary))
    #expect(throws: Never.self) { try kept.checkUnchanged() }
  }

  @Test func `A file that grew or was replaced after its header was read is not opened`() throws {
    let header = try written()
    try folder.resize("logits.safetensors", to: 10_000_000)
    let grown = #expect(throws: LogitsFileProblem.self) { _ = try MappedLogits(header) }
    #expect(grown?.kind == .changed)
    _ = try written()
    #expect(throws: LogitsFileProblem.self) { _ = try MappedLogits(header) }
  }

  @Test func `More files can be mapped one after the other than at once`() throws {
    let header = try written()
    for _ in 0..<200 {
      let mapped = try MappedLogits(header)
      #expect(throws: Never.self) { try mapped.checkUnchanged() }
    }
  }

  @Test func `What is no regular file is refused`() throws {
    let directory = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: folder.path) }
    #expect(directory?.reason == "is no regular file")
    let missing = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: folder.path("none.npy")) }
    #expect(missing?.kind == .missing)
  }
}
