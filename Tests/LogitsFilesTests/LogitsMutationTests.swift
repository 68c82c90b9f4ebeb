import LogitsFiles
import TestSupport
import Testing

/// Headers with wrong bytes: a clear line or a file that can be read to its end, nothing else.
struct LogitsMutationTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static let files: [(name: String, bytes: [UInt8])] = [
    (
      "a.safetensors",
      LogitsFileBytes.safetensors(
        [
          WrittenTensor("logits", .float32, [2, 3, 4], Array(repeating: 1, count: 24)),
          WrittenTensor("ref_logits", .bfloat16, [2, 3, 4], Array(repeating: 2, count: 24)),
          WrittenTensor("mask", .bool, [2, 3], [1, 1, 0, 1, 1, 1]),
          WrittenTensor("steps", .int64, [2], [0, 10]),
        ], metadata: ["step": "12", "format": "pt"])
    ),
    ("b.npy", LogitsFileBytes.numpy(.float16, [3, 8], Array(repeating: 1, count: 24), isFortran: true)),
    (
      "c.kld",
      LogitsFileBytes.llamaBase(
        context: 4, vocabulary: 5, tokens: [1, 2, 3, 4], logits: Array(repeating: 0.5, count: 20))
    ),
  ]

  @Test(arguments: 0..<files.count, [UInt64(1), 2, 3])
  func `A file with changed bytes is refused or read whole`(index: Int, seed: UInt64) throws {
    let (name, bytes) = Self.files[index]
    var random = SplitMix64(seed: seed)
    var refused = 0
    for round in 0..<700 {
      let mutant = Self.mutated(bytes, &random)
      let path = try folder.write(mutant, to: name)
      do {
        let header = try LogitsHeader(path: path)
        try Self.readAll(header, fileSize: mutant.count)
      } catch let problem as LogitsFileProblem {
        refused += 1
        #expect(!problem.reason.isEmpty, "seed \(seed), round \(round)")
      }
    }
    #expect(refused > 100)
  }

  /// A few bytes changed, removed, doubled, or replaced by numbers at the edges.
  private static func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var result = bytes
    for _ in 0...Int(random.next() % 3) {
      let place = Int(random.next() % UInt64(result.count))
      switch random.next() % 6 {
      case 0: result[place] ^= 1 << UInt8(random.next() % 8)
      case 1: result[place] = UInt8(truncatingIfNeeded: random.next())
      case 2: result.remove(at: place)
      case 3: result.insert(result[place], at: place)
      case 4: result[place] = Array("09-{}[],:\"'\\".utf8)[Int(random.next() % 12)]
      default:
        for index in place..<min(place + 4, result.count) {
          result[index] = random.next() % 2 == 0 ? 0xFF : 0
        }
      }
    }
    return result
  }

  /// Reads every row and every number of a file.
  static func readAll(_ header: LogitsHeader, fileSize: Int) throws {
    let mapped = try MappedLogits(header)
    var room = RowBuffer()
    for isReference in [false, true] {
      for prompt in header.prompts(asReference: isReference) {
        for source in [prompt.policy, prompt.reference].compactMap(\.self) where source.vocabulary > 0 {
          let rows = source.shape.dropLast().reduce(1, *)
          #expect(rows * source.vocabulary <= 2 * fileSize)
          mapped.withRows(0..<rows, of: source, vocabulary: source.vocabulary, room: &room) { span in
            for index in 0..<rows * source.vocabulary { _ = source.type.number(in: span, at: index) }
          }
        }
        for tensor in [prompt.mask, prompt.targets, prompt.tokens].compactMap(\.self) {
          #expect(mapped.numbers(of: tensor).count == tensor.count)
        }
      }
    }
    if let steps = header.stepsTensor { #expect(mapped.numbers(of: steps).count == steps.count) }
    try mapped.checkUnchanged()
  }
}
