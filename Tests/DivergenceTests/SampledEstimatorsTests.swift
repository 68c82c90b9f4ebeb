import Divergence
import Foundation
import TestSupport
import Testing

@Suite struct SampledEstimatorsTests {
  @Test func `Weighted by the policy, k1 and k3 are the divergence`() throws {
    var random = SplitMix64(seed: 71)
    let policy = logSoftmax(random.logits(40).span), reference = logSoftmax(random.logits(40).span)
    let estimators = try SampledEstimators(policy: policy.span, reference: reference.span)
    let exact = RowDivergence.measure(policy: policy.span, reference: reference.span).policyReference
    for estimates in [estimators.k1, estimators.k3] {
      let expectation = zip(policy, estimates).map { exp($0) * $1 }.reduce(0, +)
      #expect(abs(expectation - exact) < 1e-13)
    }
  }

  @Test func `k2 and k3 are never negative, however close the models`() throws {
    var random = SplitMix64(seed: 72)
    let policy = random.logits(2000).map { -abs($0) }
    let reference = policy.map { $0 + Double.random(in: -1e-7...1e-7, using: &random) }
    let estimators = try SampledEstimators(policy: policy.span, reference: reference.span)
    #expect(estimators.k2.allSatisfy { $0 >= 0 } && estimators.k3.allSatisfy { $0 >= 0 })
    #expect(estimators.k1.contains { $0 < 0 })
  }

  @Test func `A token that the reference rules out makes all three infinite`() throws {
    let estimators = try SampledEstimators(policy: [-1.0].span, reference: [-Double.infinity].span)
    #expect([estimators.k1Mean, estimators.k2Mean, estimators.k3Mean].allSatisfy { $0 == .infinity })
  }

  @Test func `No tokens have no mean`() throws {
    let none = [Double]()
    let estimators = try SampledEstimators(policy: none.span, reference: none.span)
    #expect(estimators.k1Mean.isNaN && estimators.k2Mean.isNaN && estimators.k3Mean.isNaN)
  }

  @Test func `Lists of different length are refused`() {
    #expect(throws: ShapeError.shapesDiffer([1], [2])) {
      try SampledEstimators(policy: [0.0].span, reference: [0.0, 0.0].span)
    }
  }
}
