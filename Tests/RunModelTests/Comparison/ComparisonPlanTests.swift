import Divergence
import LogitsFiles
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// Which logits are compared with which.
struct ComparisonPlanTests {
  private let fixture: LogitsFixture

  init() throws { fixture = try LogitsFixture(samples: 4, positions: 3, vocabulary: 8) }

  /// One divergence a block of rows.
  private func means(_ report: LogitsReport) -> [Double] { report.steps.map(\.policyReference.mean) }

  private func reason(_ body: () throws -> LogitsReport) -> String {
    let problem = #expect(throws: LogitsFileProblem.self) { _ = try body() }
    #expect(problem?.description.contains("\n") == false)
    return problem?.reason ?? ""
  }

  @Test func `Two arrays are a policy and a reference`() throws {
    let policy = try fixture.array("p.npy", [12, 8], fixture.policy)
    let reference = try fixture.array("q.npy", [12, 8], fixture.reference)
    let there = try report(policy, reference), back = try report(reference, policy)
    #expect(abs(means(there)[0] - mean(fixture.divergences)) < 4e-6)
    #expect(abs(means(back)[0] - mean(fixture.opposite)) < 4e-6)
    #expect(there.steps[0].step == nil && there.reference == reference)
  }

  @Test func `A batch of sequences is the same as its rows one behind the other`() throws {
    let policy = try fixture.array("p.npy", [4, 3, 8], fixture.policy)
    let reference = try fixture.array("q.npy", [12, 8], fixture.reference)
    let step = try report(policy, reference).steps[0]
    #expect(step.rows == 12 && step.samples.count == 4)
    #expect(abs(step.policyReference.mean - mean(fixture.divergences)) < 4e-6)
  }

  @Test func `The first axis is the step where the user says so`() throws {
    let path = try fixture.pair()
    #expect(try report(path).steps.count == 1)
    let stacked = try report(path) { $0.isStack = true }
    #expect(stacked.steps.map(\.step) == [0, 1, 2, 3])
    for (step, rows) in stacked.steps.enumerated() {
      #expect(abs(rows.policyReference.mean - mean(fixture.divergences[step * 3..<step * 3 + 3])) < 4e-6)
    }
  }

  @Test func `Steps are named by a file, by a tensor, or by steps beside the file`() throws {
    let path = try fixture.pair()
    let steps = try fixture.folder.write(
      LogitsFileBytes.numpy(.int32, [4], [0, 10, 20, 50]), to: "names.npy")
    #expect(try report(path) { $0.stepsFile = steps }.steps.map(\.step) == [0, 10, 20, 50])
    let inside = try fixture.pair(
      "inside.safetensors", with: [WrittenTensor("steps", .int64, [4], [7, 8, 9, 5])])
    #expect(try report(inside).steps.map(\.step) == [5, 7, 8, 9])
    try fixture.folder.write(LogitsFileBytes.numpy(.int64, [4], [1, 2, 3, 4]), to: "steps.npy")
    #expect(try report(path).steps.map(\.step) == [1, 2, 3, 4])
  }

  @Test func `Steps of another number are refused where they were named and ignored where they were found`()
    throws
  {
    let path = try fixture.pair()
    let steps = try fixture.folder.write(LogitsFileBytes.numpy(.int64, [3], [1, 2, 3]), to: "steps.npy")
    #expect(try report(path).steps.map(\.step) == [nil])
    #expect(reason { try report(path) { $0.stepsFile = steps } }.contains("names 3 steps"))
    let wrong = try fixture.pair("wrong.safetensors", with: [WrittenTensor("steps", .int64, [2], [1, 2])])
    #expect(try report(wrong).steps.count == 1)
  }

  @Test func `A reference that does not change is given once for a stack`() throws {
    let policy = try fixture.array("p.npy", [4, 3, 8], fixture.policy)
    let reference = try fixture.array("q.npy", [3, 8], Array(fixture.reference[0..<24]))
    let stacked = try report(policy, reference) { $0.isStack = true }
    for step in 0..<4 {
      let rows = LogitsMath.divergences(
        Array(fixture.policy[step * 24..<step * 24 + 24]), Array(fixture.reference[0..<24]), rowSize: 8)
      #expect(abs(stacked.steps[step].policyReference.mean - mean(rows)) < 4e-6)
    }
    #expect(reason { try report(policy, reference) }.contains("--stack"))
    let inside = try fixture.write(
      "constant.safetensors",
      [
        WrittenTensor("logits", .float32, [4, 3, 8], fixture.policy),
        WrittenTensor("ref_logits", .float32, [3, 8], Array(fixture.reference[0..<24])),
      ])
    #expect(try report(inside) { $0.isStack = true }.steps.map(\.policyReference.mean) == means(stacked))
  }

  @Test func `Four axes begin with the step`() throws {
    let policy = try fixture.array("p.npy", [2, 2, 3, 8], fixture.policy)
    let reference = try fixture.array("q.npy", [2, 2, 3, 8], fixture.reference)
    let report = try report(policy, reference)
    #expect(report.steps.map(\.step) == [0, 1] && report.steps.map(\.rows) == [6, 6])
  }

  @Test func `Directories are matched by step`() throws {
    for step in 0..<3 {
      let range = step * 24..<step * 24 + 24
      _ = try fixture.array("policy/step-\(step * 10).npy", [3, 8], Array(fixture.policy[range]))
      _ = try fixture.array("reference/base-\(step * 10).npy", [3, 8], Array(fixture.reference[range]))
    }
    _ = try fixture.array("policy/step-70.npy", [3, 8], Array(fixture.policy[0..<24]))
    let report = try report(fixture.folder.path("policy"), fixture.folder.path("reference"))
    #expect(report.steps.map(\.step) == [0, 10, 20])
    for step in 0..<3 {
      #expect(abs(means(report)[step] - mean(fixture.divergences[step * 3..<step * 3 + 3])) < 4e-6)
    }
    #expect(report.ignored.map(\.reason) == ["the reference has no logits of step 70"])
  }

  @Test func `One reference serves every step of a directory`() throws {
    for step in [5, 6] { _ = try fixture.array("policy/step-\(step).npy", [12, 8], fixture.policy) }
    let reference = try fixture.array("base.npy", [12, 8], fixture.reference)
    let report = try report(fixture.folder.path("policy"), reference)
    #expect(report.steps.map(\.step) == [5, 6])
    #expect(means(report)[0] == means(report)[1])
  }

  @Test func `Of several types of one step the most precise is used`() throws {
    _ = try fixture.pair("all/step-1.bf16.safetensors", as: .bfloat16)
    _ = try fixture.pair("all/step-1.f16.safetensors", as: .float16)
    _ = try fixture.pair("all/step-1.f32.safetensors")
    _ = try fixture.pair("all/step-2.bf16.safetensors", as: .bfloat16)
    let report = try report(fixture.folder.path("all"))
    #expect(report.steps.map(\.rows) == [12, 12])
    #expect(abs(means(report)[0] - mean(fixture.divergences)) < 4e-6)
    #expect(Set(report.ignored.map(\.reason)) == ["more precise logits of step 1 are used"])
    #expect(report.ignored.count == 2)
  }

  @Test func `Each prompt is a sample of its name`() throws {
    let rows = { (range: Range<Int>, values: [Double]) in
      Array(values[range.lowerBound * 8..<range.upperBound * 8])
    }
    let path = try fixture.write(
      "prompts.safetensors",
      [
        WrittenTensor("sea.policy_logits", .float32, [5, 8], rows(0..<5, fixture.policy)),
        WrittenTensor("sea.ref_logits", .float32, [5, 8], rows(0..<5, fixture.reference)),
        WrittenTensor("cook.policy_logits", .float32, [1, 7, 8], rows(5..<12, fixture.policy)),
        WrittenTensor("cook.ref_logits", .float32, [1, 7, 8], rows(5..<12, fixture.reference)),
        WrittenTensor("sea.mask", .bool, [5], [1, 1, 1, 0, 1]),
      ])
    let step = try report(path).steps[0]
    #expect(step.rows == 11)
    #expect(
      Dictionary(uniqueKeysWithValues: step.samples.map { ($0.sample, $0.rows) }) == ["sea": 4, "cook": 7])
  }

  @Test func `Vocabularies of different sizes are compared over the common prefix only when asked`() throws {
    let short = fixture.reference.enumerated().filter { $0.offset % 8 < 6 }.map(\.element)
    let policy = try fixture.array("p.npy", [12, 8], fixture.policy)
    let reference = try fixture.array("q.npy", [12, 6], short)
    #expect(reason { try report(policy, reference) }.contains("policy 8, reference 6"))
    let prefix = try report(policy, reference) { $0.comparesCommonVocabulary = true }
    let cut = fixture.policy.enumerated().filter { $0.offset % 8 < 6 }.map(\.element)
    #expect(prefix.vocabulary == 6 && prefix.findings.map(\.code) == [.vocabularyPrefix])
    #expect(abs(means(prefix)[0] - mean(LogitsMath.divergences(cut, short, rowSize: 6))) < 4e-6)
  }

  @Test func `Shapes and tokens that do not fit are named`() throws {
    let policy = try fixture.array("p.npy", [4, 3, 8], fixture.policy)
    let shorter = try fixture.array("q.npy", [4, 2, 8], Array(fixture.reference[0..<64]))
    let fewer = try fixture.array("r.npy", [2, 3, 8], Array(fixture.reference[0..<48]))
    #expect(reason { try report(policy, shorter) }.hasPrefix("rows are shifted by one token"))
    #expect(reason { try report(policy, fewer) } == "the rows differ: policy [4,3,8], reference [2,3,8]")
    #expect(reason { try report(policy) }.contains("name a reference"))
    let integers = try fixture.write("i.safetensors", [WrittenTensor("logits", .int64, [1, 2], [1, 2])])
    #expect(reason { try report(integers, integers) }.contains("int64"))
    let masked = try fixture.pair(
      "m.safetensors", with: [WrittenTensor("mask", .bool, [4, 2], Array(repeating: 1, count: 8))])
    #expect(reason { try report(masked) } == "mask is [4,2], logits have [4,3] rows")
    let aimed = try fixture.pair(
      "t.safetensors", with: [WrittenTensor("targets", .int64, [4], [1, 2, 3, 8])])
    #expect(reason { try report(aimed) } == "target 8.0 is none of 8 entries")
  }

  @Test func `Models that read different tokens are not compared`() throws {
    let tokens = (0..<12).map { Double($0 * 7 % 5) }
    let file = { (name: String, values: [Double], tokens: [Double]) in
      try fixture.write(
        name,
        [
          WrittenTensor("logits", .float32, fixture.shape, values),
          WrittenTensor("input_ids", .int64, [4, 3], tokens),
        ])
    }
    let policy = try file("p.safetensors", fixture.policy, tokens)
    let same = try file("q.safetensors", fixture.reference, tokens)
    let shifted = try file("r.safetensors", fixture.reference, [9] + tokens.dropLast())
    var others = tokens
    others[7] = 99
    let different = try file("s.safetensors", fixture.reference, others)
    #expect(try report(policy, same).steps[0].rows == 12)
    #expect(reason { try report(policy, shifted) }.hasPrefix("rows are shifted by one token"))
    #expect(reason { try report(policy, different) }.contains("sample 2, position 1"))
  }
}
