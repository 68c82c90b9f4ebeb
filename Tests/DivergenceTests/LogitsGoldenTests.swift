import Divergence
import Foundation
import Testing

/// Divergence from logits against the exact values, and `klDiv` against what torch makes of the same logits.
@Suite struct LogitsGoldenTests {
  private static let scalars: [String: LogitsScalar] = [
    "float16": .float16, "bfloat16": .bfloat16, "float32": .float32, "float64": .float64,
  ]

  private func scalar(of golden: GoldenCase) throws -> LogitsScalar {
    let dtype = try golden.dtype
    return try #require(Self.scalars[dtype], "unknown dtype \(dtype)")
  }

  @Test(arguments: try GoldenFolder.cases(of: "kl"))
  func `Every row of logits keeps the promise`(_ golden: GoldenCase) throws {
    let exact = try golden.nested("ref_f64_math").numbers("per_row")
    let vocabularySize = try #require(golden.shape.last)
    let policy = try golden.numbers("policy_logits"), reference = try golden.numbers("ref_logits")
    for scalar in Set([try scalar(of: golden), .float32, .float64]) {
      let policy = StoredLogits(policy, as: scalar), reference = StoredLogits(reference, as: scalar)
      let rows = try measure(policy, reference, vocabularySize: vocabularySize)
      let mirrored = try measure(reference, policy, vocabularySize: vocabularySize)
      #expect(rows.count == exact.count)
      for (index, row) in rows.enumerated() {
        #expect(keepsPromise(row.policyReference, exact[index]), "row \(index) as \(scalar)")
        #expect(keepsPromise(mirrored[index].referencePolicy, exact[index]), "mirrored row \(index)")
        let range = (index * vocabularySize)..<((index + 1) * vocabularySize)
        if policy.values[range] == reference.values[range] { #expect(row.policyReference == 0) }
      }
    }
  }

  @Test(arguments: try GoldenFolder.cases(of: "kl"))
  func `The reductions of klDiv show torch's pattern of infinities`(_ golden: GoldenCase) throws {
    let policy = try golden.numbers("policy_logits"), reference = try golden.numbers("ref_logits")
    try expectPattern(golden, policy.map { Float($0) }, reference.map { Float($0) }, "torch_f32")
    try expectPattern(golden, policy, reference, "torch_f64")
  }

  private func expectPattern<Scalar: TensorScalar>(
    _ golden: GoldenCase, _ policy: [Scalar], _ reference: [Scalar], _ source: String
  ) throws {
    let logP = try logSoftmax(Tensor(shape: golden.shape, elements: policy), axis: -1)
    let logQ = try logSoftmax(Tensor(shape: golden.shape, elements: reference), axis: -1)
    let p = try softmax(Tensor(shape: golden.shape, elements: policy), axis: -1)
    let torch = try golden.nested(source)
    for reduction in Reduction.allCases {
      for logTarget in [true, false] {
        let result = try klDiv(
          input: logQ, target: logTarget ? logP : p, reduction: reduction, logTarget: logTarget)
        let expected = try torch.numbers("\(reduction),log_target=\(logTarget ? "True" : "False")")
        #expect(result.elements.count == expected.count)
        for (value, expected) in zip(result.elements, expected) {
          #expect(value.isNaN == expected.isNaN, "\(source) \(reduction) \(logTarget)")
          #expect(value.isInfinite == expected.isInfinite, "\(source) \(reduction) \(logTarget)")
          // Only float64 says more than rounding noise.
          if Scalar.self == Double.self && expected.isFinite {
            #expect(abs(Double(value) - expected) <= 1e-12 * max(1, abs(expected)))
          }
        }
      }
    }
  }

  @Test(arguments: try GoldenFolder.cases(of: "bigkl"))
  func `Rows of a real vocabulary keep the promise`(_ golden: GoldenCase) throws {
    let policy = try NumpyFile(golden.folder.appendingPathComponent("\(golden.name).policy.npy"))
    let reference = try NumpyFile(golden.folder.appendingPathComponent("\(golden.name).ref.npy"))
    let shape = try golden.shape
    #expect(policy.shape == shape && reference.shape == shape)
    let scalar = try scalar(of: golden)
    let exact = try golden.nested("ref_f64").numbers("per_row")
    let rows = try RowDivergence.measure(
      policy: policy.bytes.span.bytes, storedAs: scalar,
      reference: reference.bytes.span.bytes, storedAs: scalar, vocabularySize: #require(shape.last))
    #expect(rows.count == exact.count)
    for (row, exact) in zip(rows, exact) {
      #expect(keepsPromise(row.policyReference, exact), "\(row.policyReference) for \(exact)")
    }
  }
}
