import LogitsFiles
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

/// Tensors that are called logits and hold probabilities.
struct ProbabilityCheckTests {
  private let folder: ScratchFolder
  private static let shape = [6, 32]

  init() throws { folder = try ScratchFolder() }

  private static func logits(_ seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return random.normals(6 * 32)
  }

  private static func softmax(_ logits: [Double]) -> [Double] {
    stride(from: 0, to: logits.count, by: 32).flatMap { start in
      LogitsMath.logSoftmax(logits[start..<start + 32]).map { LogitsMath.exp($0) }
    }
  }

  private func problem(
    _ policy: [Double], _ reference: [Double], _ type: StoredNumbers
  ) throws -> String? {
    let path = try folder.write(
      LogitsFileBytes.safetensors([
        WrittenTensor("logits", type, Self.shape, policy),
        WrittenTensor("ref_logits", type, Self.shape, reference),
      ]), to: "step-1.safetensors")
    do {
      _ = try report(path)
      return nil
    } catch let problem as LogitsFileProblem {
      return problem.reason
    }
  }

  @Test(arguments: [StoredNumbers.float64, .float32, .float16, .bfloat16])
  func `Probabilities are refused and say so`(type: StoredNumbers) throws {
    let (policy, reference) = (Self.logits(1), Self.logits(2))
    let both = try problem(Self.softmax(policy), Self.softmax(reference), type)
    #expect(both?.contains("logits holds probabilities, not logits") == true)
    #expect(
      try problem(policy, Self.softmax(reference), type)?.contains("ref_logits holds probabilities") == true)
    #expect(try problem(policy, reference, type) == nil)
  }

  @Test func `Log-probabilities are logits, and so is a tensor of which some rows sum to 1`() throws {
    let logits = Self.logits(3)
    #expect(try problem(logits, Self.softmax(logits).map { LogitsMath.log($0) }, .float32) == nil)
    var mixed = Self.softmax(logits)
    for index in 32..<64 { mixed[index] = logits[index] }
    #expect(try problem(mixed, logits, .float32) == nil)
  }
}
