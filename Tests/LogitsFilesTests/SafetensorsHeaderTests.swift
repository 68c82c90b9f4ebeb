import LogitsFiles
import RunLog
import TestSupport
import Testing

/// What is read from the header of a safetensors file, and what is refused.
struct SafetensorsHeaderTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func header(_ bytes: [UInt8], name: String = "logits.safetensors") throws -> LogitsHeader {
    try LogitsHeader(path: try folder.write(bytes, to: name))
  }

  @Test func `Tensors are found by their names`() throws {
    let values = [1.0, 2, 3, 4, 5, 6]
    let bytes = LogitsFileBytes.safetensors([
      WrittenTensor("targets", .int64, [2], [1, 2]), WrittenTensor("ref_logits", .float16, [2, 3], values),
      WrittenTensor("mask", .bool, [2], [1, 0]), WrittenTensor("policy_logits", .float32, [2, 3], values),
      WrittenTensor("hidden_states", .float32, [1], [0]),
    ])
    let prompts = try header(bytes).prompts(asReference: false)
    #expect(prompts.count == 1)
    let prompt = try #require(prompts.first)
    #expect(prompt.name == nil)
    #expect(prompt.policy?.shape == [2, 3] && prompt.policy?.type == .float32)
    #expect(prompt.reference?.type == .float16)
    #expect(prompt.mask?.count == 2 && prompt.targets?.type == .int64)
  }

  @Test func `Each prompt has its own pair`() throws {
    let row = [1.0, 2]
    let bytes = LogitsFileBytes.safetensors([
      WrittenTensor("b.policy_logits", .float32, [1, 2], row),
      WrittenTensor("b.ref_logits", .float32, [1, 2], row),
      WrittenTensor("a.v1.policy_logits", .float32, [1, 2], row),
      WrittenTensor("a.v1.reference_logits", .float32, [1, 2], row),
    ])
    let prompts = try header(bytes).prompts(asReference: false)
    #expect(prompts.map(\.name) == ["a.v1", "b"])
    #expect(prompts.allSatisfy { $0.policy != nil && $0.reference != nil })
  }

  @Test func `A file of the reference may call its logits as it likes`() throws {
    let row = [1.0, 2]
    let both = LogitsFileBytes.safetensors([
      WrittenTensor("logits", .float32, [1, 2], row), WrittenTensor("ref_logits", .float64, [1, 2], row),
    ])
    let alone = LogitsFileBytes.safetensors([WrittenTensor("logits", .float32, [1, 2], row)])
    #expect(try header(both).prompts(asReference: true).first?.reference?.type == .float64)
    #expect(try header(alone).prompts(asReference: true).first?.reference?.type == .float32)
  }

  @Test func `Names and metadata may be escaped`() throws {
    let text =
      #"{"__metadata__":{"step":"\u0034\u0032"},"\u006cogits":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}  "#
    let header = try header(LogitsFileBytes.safetensors(header: text, data: Array(repeating: 0, count: 8)))
    #expect(header.step == 42)
    #expect(header.prompts(asReference: false).first?.policy?.vocabulary == 2)
  }

  @Test func `A tensor of a type that logits never have does not matter`() throws {
    let text =
      #"{"logits":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"scale":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[8,12]}}"#
    let header = try header(LogitsFileBytes.safetensors(header: text, data: Array(repeating: 0, count: 12)))
    #expect(header.inventory == "logits, scale (F8_E4M3)")
  }

  struct Malformed: Sendable, CustomTestStringConvertible {
    var header: String
    var dataSize = 8
    var reason: String
    var kind = LogitsFileProblem.Kind.unusable

    var testDescription: String { reason }
  }

  private static func one(_ entry: String) -> String { #"{"logits":{\#(entry)}}"# }

  static let malformed: [Malformed] = [
    Malformed(header: "{", reason: "ends too early"),
    Malformed(header: "[]", reason: "malformed at its byte 0"),
    Malformed(header: "{} x", reason: "malformed at its byte 3"),
    Malformed(header: #"{"logits":3}"#, reason: "malformed"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2]"#), reason: "lacks a dtype, a shape or two data_offsets"),
    Malformed(header: one(#""shape":[1,2],"data_offsets":[0,8]"#), reason: "lacks a dtype"),
    Malformed(header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[8,0]"#), reason: "in order"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[0,8,9]"#), reason: "two data_offsets"),
    Malformed(header: one(#""dtype":"F32","shape":[1,-2],"data_offsets":[0,8]"#), reason: "negative size"),
    Malformed(header: one(#""dtype":"F32","shape":[1,2.0],"data_offsets":[0,8]"#), reason: "malformed"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,99999999999999999999],"data_offsets":[0,8]"#),
      reason: "beyond all bounds"),
    Malformed(
      header: one(#""dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]"#),
      reason: "the shape [4611686018427387904,4] is not possible"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[0,9223372036854775807]"#),
      reason: "lacks a dtype"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,3],"data_offsets":[0,8]"#),
      reason: "logits: float32 [1,3] takes 12 bytes, and data_offsets span 8"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[0,8]"#), dataSize: 7,
      reason: "still being written",
      kind: .incomplete),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[0,8]"#), dataSize: 9,
      reason: "1 bytes at its end"),
    Malformed(
      header: one(#""dtype":"F32","shape":[1,2],"data_offsets":[4,12]"#), dataSize: 12,
      reason: "4 bytes in front of logits belong to no tensor"),
    Malformed(
      header:
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      dataSize: 12, reason: "b overlaps another tensor"),
    Malformed(
      header:
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      reason: "the header names a twice"),
    Malformed(
      header: #"{"__metadata__":{"step":"1.5"}}"#, dataSize: 0, reason: "a step that is no integer"),
    Malformed(
      header: one(
        #""dtype":"F32","x":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]],"shape":[1,2],"data_offsets":[0,8]"#),
      reason: "nested too deeply"),
    Malformed(header: "{\"\u{1}\":1}", reason: "malformed"),
    Malformed(header: #"{"\ud800":1}"#, reason: "malformed"),
  ]

  @Test(arguments: malformed)
  func `A malformed header is refused with a clear line`(malformed: Malformed) throws {
    let bytes = LogitsFileBytes.safetensors(
      header: malformed.header, data: Array(repeating: 0, count: malformed.dataSize))
    let path = try folder.write(bytes, to: "logits.safetensors")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains(malformed.reason) == true, "\(problem?.reason ?? "")")
    #expect(problem?.kind == malformed.kind)
    #expect(problem?.description.contains("\n") == false)
  }

  @Test(arguments: [0, 3, 8, 20])
  func `A file that ends in its header is still being written`(size: Int) throws {
    let whole = LogitsFileBytes.safetensors([WrittenTensor("logits", .float32, [1, 2], [1, 2])])
    let path = try folder.write(Array(whole.prefix(size)), to: "logits.safetensors")
    #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect((#expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) })?.kind == .incomplete)
  }

  @Test func `A length beyond the bounds of a header is refused before anything is read`() throws {
    let path = try folder.write(Array(repeating: 0xFF, count: 4096), to: "logits.safetensors")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains("18446744073709551615 bytes long") == true)
  }
}
