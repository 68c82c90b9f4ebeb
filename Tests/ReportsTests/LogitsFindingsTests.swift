import Divergence
import LogitsFiles
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// What a comparison of files warns of.
struct LogitsFindingsTests {
  @Test(arguments: [1, -1])
  func `Rows that fit better when moved by a position are found`(offset: Int) throws {
    let fixture = try LogitsFixture(samples: 1, positions: 20, vocabulary: 30, distance: 0.1)
    let rows = (0..<20).map { (($0 + offset + 20) % 20) * 30 }
    let moved = rows.flatMap { Array(fixture.reference[$0..<$0 + 30]) }
    let policy = try fixture.array("p.npy", [20, 30], fixture.policy)
    let right = try report(policy, try fixture.array("q.npy", [20, 30], fixture.reference))
    let wrong = try report(policy, try fixture.array("r.npy", [20, 30], moved))
    #expect(right.findings.isEmpty)
    #expect(wrong.findings.map(\.code) == [.rowsShifted])
    #expect(wrong.findings.first?.message.contains(offset == 1 ? "previous" : "next") == true)
  }

  @Test func `Different types are told`() throws {
    let fixture = try LogitsFixture(samples: 2, positions: 1, vocabulary: 6)
    let path = try fixture.write(
      "types.safetensors",
      [
        WrittenTensor("logits", .float32, [2, 6], fixture.policy),
        WrittenTensor("ref_logits", .bfloat16, [2, 6], fixture.reference),
      ])
    #expect(try report(path).findings.map(\.code) == [.differentTypes])
  }

  /// Two chunks of eight tokens: rows of positions 4, 5 and 6.
  @Test(arguments: [[2, 8, 9], [2, 7, 9], [2, 3, 9], [6, 9]])
  func `A base of llama.cpp is a reference that is approximate`(shape: [Int]) throws {
    let fixture = try LogitsFixture(samples: 2, positions: 8, vocabulary: 9, distance: 0.3)
    let tokens = (0..<16).map { $0 * 5 % 9 }
    let base = try fixture.folder.write(
      LogitsFileBytes.llamaBase(context: 8, vocabulary: 9, tokens: tokens, logits: fixture.reference),
      to: "base.kld")
    let kept = [4, 5, 6, 12, 13, 14]
    let positions =
      switch shape {
      case [2, 8, 9]: Array(0..<16)
      case [2, 7, 9]: (0..<16).filter { $0 % 8 < 7 }
      default: kept
      }
    let values = positions.flatMap { Array(fixture.policy[$0 * 9..<$0 * 9 + 9]) }
    let report = try report(try fixture.array("p.npy", shape, values), base)
    let step = report.steps[0]
    #expect(step.rows == 6 && report.findings.map(\.code) == [.approximateReference])
    let exact = kept.map { fixture.divergences[$0] }
    #expect(abs(step.policyReference.mean - mean(exact)) < 1e-3)
    // The base knows the token that follows each row.
    let losses = kept.map { -LogitsMath.logSoftmax(fixture.policy[$0 * 9..<$0 * 9 + 9])[tokens[$0 + 1]] }
    #expect(abs(try #require(step.target).nllPolicy - mean(losses)) < 1e-5)
  }

  @Test func `A base of llama.cpp is no policy, and its tokens are checked`() throws {
    let fixture = try LogitsFixture(samples: 2, positions: 8, vocabulary: 9)
    let tokens = (0..<16).map { $0 * 5 % 9 }
    let base = try fixture.folder.write(
      LogitsFileBytes.llamaBase(context: 8, vocabulary: 9, tokens: tokens, logits: fixture.reference),
      to: "base.kld")
    #expect(throws: LogitsFileProblem.self) { try report(base, base) }
    let policy = { (name: String, tokens: [Int]) in
      try fixture.write(
        name,
        [
          WrittenTensor("logits", .float32, fixture.shape, fixture.policy),
          WrittenTensor("input_ids", .int32, [2, 8], tokens.map(Double.init)),
        ])
    }
    // llama.cpp evaluates each chunk with another first token than it stores.
    var same = tokens
    same[0] = 1
    same[8] = 1
    var different = tokens
    different[11] += 1
    #expect(try report(try policy("same.safetensors", same), base).steps[0].rows == 6)
    let problem = #expect(throws: LogitsFileProblem.self) {
      try report(try policy("other.safetensors", different), base)
    }
    #expect(problem?.reason.contains("sample 1, position 3") == true)
  }

  @Test func `A finding counts the steps it holds at`() throws {
    let fixture = try LogitsFixture(samples: 4, positions: 2, vocabulary: 6)
    let path = try fixture.write(
      "stack.safetensors",
      [
        WrittenTensor("logits", .float32, [4, 2, 6], fixture.policy),
        WrittenTensor("ref_logits", .float16, [4, 2, 6], fixture.reference),
        WrittenTensor("steps", .int64, [4], [10, 20, 30, 40]),
      ])
    let finding = try #require(try report(path).findings.first)
    #expect(finding.code == .differentTypes && finding.step == 10 && finding.count == 4)
  }
}
