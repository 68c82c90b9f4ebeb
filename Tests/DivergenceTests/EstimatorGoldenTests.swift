import Divergence
import Testing

@Suite struct EstimatorGoldenTests {
  @Test(arguments: try GoldenFolder.cases(of: "estimators"))
  func `Estimators and their means agree with float64`(_ golden: GoldenCase) throws {
    let policy = try golden.numbers("policy_logprobs"), reference = try golden.numbers("ref_logprobs")
    let estimators = try SampledEstimators(policy: policy.span, reference: reference.span)
    let expected = try golden.nested("f64")
    let results: [(String, [Double])] = [
      ("k1", estimators.k1), ("k2", estimators.k2), ("k3", estimators.k3),
      ("k1_mean", [estimators.k1Mean]), ("k2_mean", [estimators.k2Mean]), ("k3_mean", [estimators.k3Mean]),
    ]
    for (key, values) in results {
      let exact = try expected.numbers(key)
      try #require(values.count == exact.count)
      for (value, exact) in zip(values, exact) {
        let isNear =
          exact.isNaN ? value.isNaN : value == exact || abs(value - exact) <= max(4 * exact.ulp, 1e-6)
        #expect(isNear, "\(key): \(value) for \(exact)")
      }
    }
  }
}
