import LogitsFiles
import TestSupport
import Testing

/// Files of llama.cpp's perplexity tool.
struct LlamaBaseTests {
  private let folder: ScratchFolder
  private let tokens = [3, 1, 4, 1, 5, 0, 2, 6, 5, 3]
  private let logits: [Double]
  /// n_ctx 5, V 7, two chunks: rows of positions 2 and 3.
  private let bytes: [UInt8]

  init() throws {
    folder = try ScratchFolder()
    var random = SplitMix64(seed: 11)
    logits = random.normals(10 * 7, deviation: 4)
    bytes = LogitsFileBytes.llamaBase(context: 5, vocabulary: 7, tokens: tokens, logits: logits)
  }

  @Test func `Rows are log-probabilities up to their rounding`() throws {
    let header = try LogitsHeader(path: try folder.write(bytes, to: "base.kld"))
    guard case .llamaBase(let base) = header.content else { throw ScratchFailure(path: header.path) }
    #expect(base.context == 5 && base.vocabulary == 7 && base.chunks == 2)
    #expect(base.window == 2..<4 && base.rows == 4)
    let mapped = try MappedLogits(header)
    #expect(mapped.tokens(of: base) == tokens)
    let source = RowSource.llamaBase(base)
    var room = RowBuffer()
    let rows = mapped.withRows(0..<4, of: source, vocabulary: 7, room: &room) { span in
      (0..<28).map { source.type.number(in: span, at: $0) }
    }
    for (row, position) in [2, 3, 7, 8].enumerated() {
      let exact = LogitsMath.logSoftmax(logits[position * 7..<(position + 1) * 7])
      for (entry, value) in exact.enumerated() {
        let bound = max(value, (exact.max() ?? 0) - 16)
        #expect(abs(rows[row * 7 + entry] - bound) < 16.0 / 65535)
      }
    }
  }

  @Test func `The magic counts whatever the name`() throws {
    let header = try LogitsHeader(path: try folder.write(bytes, to: "base.bin"))
    #expect(header.prompts(asReference: true).first?.reference?.shape == [2, 2, 7])
  }

  @Test(arguments: 1..<40)
  func `A file that was cut off is incomplete`(missing: Int) throws {
    let path = try folder.write(bytes.dropLast(missing), to: "base.kld")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.kind == .incomplete)
  }

  @Test(arguments: [
    ([0, 7, 2], "none of them may be 0 or less"), ([5, -7, 2], "none of them may be 0 or less"),
    ([2_147_483_647, 2_147_483_647, 2_147_483_647], "beyond all bounds"),
    ([5, 7, 1], "bytes more than its chunks need"),
  ])
  func `Sizes that do not fit are refused`(sizes: [Int], reason: String) throws {
    var wrong = bytes
    wrong.replaceSubrange(8..<20, with: StoredNumbers.int32.bytes(sizes.map(Double.init)))
    let path = try folder.write(wrong, to: "base.kld")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
  }
}
