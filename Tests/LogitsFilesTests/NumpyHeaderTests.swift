import LogitsFiles
import TestSupport
import Testing

/// What is read from an `.npy` file, and what is refused.
struct NumpyHeaderTests {
  private let folder: ScratchFolder
  private static let values = (0..<24).map { Double($0) * 0.25 - 2 }

  init() throws { folder = try ScratchFolder() }

  /// All numbers of the rows of a file.
  private func rows(_ path: String, vocabulary: Int? = nil) throws -> [Double] {
    let header = try LogitsHeader(path: path)
    let source = try #require(header.prompts(asReference: false).first?.policy)
    let mapped = try MappedLogits(header)
    var room = RowBuffer()
    let width = vocabulary ?? source.vocabulary
    let count = source.shape.dropLast().reduce(1, *)
    return mapped.withRows(0..<count, of: source, vocabulary: width, room: &room) { span in
      (0..<count * width).map { source.type.number(in: span, at: $0) }
    }
  }

  @Test(
    arguments: [StoredNumbers.float64, .float32, .float16, .bfloat16],
    [("<", false), (">", false), ("<", true), (">", true)])
  func `Every order of bytes and axes gives the same rows`(
    type: StoredNumbers, order: (bytes: String, isFortran: Bool)
  ) throws {
    if type == .bfloat16 && order.bytes == ">" { return }
    let bytes = LogitsFileBytes.numpy(
      type, [2, 3, 4], Self.values, order: order.bytes, isFortran: order.isFortran)
    let path = try folder.write(bytes, to: "logits.npy")
    #expect(try rows(path) == Self.values)
    let prefix = stride(from: 0, to: 24, by: 4).flatMap { Self.values[$0..<$0 + 3] }
    #expect(try rows(path, vocabulary: 3) == prefix)
  }

  @Test(arguments: ["<", "|"])
  func `Raw two-byte entries are bfloat16`(order: String) throws {
    let bytes = LogitsFileBytes.numpy(.bfloat16, [3, 2], [1, -2, 0.5, 3, 100, -0.25], order: order)
    #expect(try rows(try folder.write(bytes, to: "logits.npy")) == [1, -2, 0.5, 3, 100, -0.25])
  }

  @Test(arguments: [UInt8(2), 3])
  func `Later versions of the format are read`(version: UInt8) throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let bytes = LogitsFileBytes.numpy(
      header: header, data: StoredNumbers.float32.bytes([1, 2]), version: version)
    #expect(try rows(try folder.write(bytes, to: "logits.npy")) == [1, 2])
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False}", "lacks descr, fortran_order or shape"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "dtype <c8 is not read"),
    ("{'descr': '<V4', 'fortran_order': False, 'shape': (2,)}", "dtype <V4 is not read"),
    ("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,)}", "holds records"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "malformed"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "negative size"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4)}", "not possible"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 3)}", "not possible"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "4 bytes more than its shape [1] needs"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'order': 1}", "unknown entry order"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + x", "malformed"),
    ("{'descr: '<f4'", "malformed"),
    ("{'descr': '<f4", "ends too early"),
  ])
  func `A malformed header is refused with a clear line`(header: String, reason: String) throws {
    let path = try folder.write(
      LogitsFileBytes.numpy(header: header, data: Array(repeating: 0, count: 8)), to: "logits.npy")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
  }

  @Test func `A file at any length but its own is not read`() throws {
    let whole = LogitsFileBytes.numpy(.float32, [2, 3], [1, 2, 3, 4, 5, 6])
    for size in 0..<whole.count {
      let path = try folder.write(Array(whole.prefix(size)), to: "logits.npy")
      let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
      #expect(problem?.kind == .incomplete, "\(size) bytes")
    }
  }

  @Test func `A version that nobody knows is refused`() throws {
    let path = try folder.write(LogitsFileBytes.numpy(header: "{}", data: [], version: 9), to: "logits.npy")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason == "version 9 of the .npy format is not known")
  }
}
