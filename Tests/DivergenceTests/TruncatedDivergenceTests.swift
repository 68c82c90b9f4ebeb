import Divergence
import Foundation
import TestSupport
import Testing

@Suite struct TruncatedDivergenceTests {
  /// The k likeliest entries of the policy, as both models see them.
  private func top(_ k: Int, of policy: [Double], and reference: [Double]) -> ([Double], [Double]) {
    let ids = policy.indices.sorted { policy[$0] > policy[$1] }.prefix(k)
    return (ids.map { policy[$0] }, ids.map { reference[$0] })
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [1e-6, 0.01, 0.3, 2])
  func `The bound stays below the divergence for any number of entries`(
    _ seed: UInt64, _ deviation: Double
  ) throws {
    var random = SplitMix64(seed: seed)
    let logits = random.logits(60)
    let policy = logSoftmax(logits.span)
    let reference = logSoftmax(random.moved(logits, deviation: deviation).span)
    let exact = ExactRow(policy, reference)
    for k in 0...60 {
      let (p, q) = top(k, of: policy, and: reference)
      // As given, and rounded as a log of float32 would have them.
      let roundedP = p.map { Double(Float($0)) }, roundedQ = q.map { Double(Float($0)) }
      for bounds in [
        try TruncatedDivergence(policy: p.span, reference: q.span),
        try TruncatedDivergence(policy: roundedP.span, reference: roundedQ.span),
      ] {
        #expect(bounds.policyReferenceBound >= 0 && bounds.referencePolicyBound >= 0)
        #expect(bounds.policyReferenceBound <= exact.policyReference, "k = \(k)")
        #expect(bounds.referencePolicyBound <= exact.referencePolicy, "k = \(k)")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `More entries never lower the bound beyond rounding, and all of them reach the divergence`(
    _ seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let policy = logSoftmax(random.logits(40).span), reference = logSoftmax(random.logits(40).span)
    let exact = ExactRow(policy, reference)
    var last = 0.0
    for k in 0...40 {
      let (p, q) = top(k, of: policy, and: reference)
      let bound = try TruncatedDivergence(policy: p.span, reference: q.span).policyReferenceBound
      #expect(bound >= last - 1e-5)
      last = bound
    }
    #expect(exact.policyReference - last < 1e-5 * max(1, exact.policyReference))
  }

  @Test func `Two tails are merged into one bucket each`() throws {
    let policy = [log(0.5), log(0.2)], reference = [log(0.25), log(0.15)]
    let exact = 0.5 * log(2) + 0.2 * log(0.2 / 0.15) + 0.3 * log(0.3 / 0.6)
    let bounds = try TruncatedDivergence(policy: policy.span, reference: reference.span, tolerance: 0)
    #expect(abs(bounds.policyReferenceBound - exact) < 1e-15)
    #expect(abs(bounds.policyMass - 0.7) < 1e-15 && abs(bounds.referenceMass - 0.4) < 1e-15)
  }

  @Test func `A mass above one by rounding gives no infinite tail`() throws {
    let policy = [log(0.6), log(0.4)], reference = [log(0.6000001), log(0.4000001)]
    let bounds = try TruncatedDivergence(policy: policy.span, reference: reference.span)
    #expect(bounds.policyReferenceBound == 0 && bounds.referencePolicyBound == 0)
    #expect(bounds.referenceMass == 1)
  }

  @Test func `A mass above one by more than the tolerance gives no infinite tail either`() throws {
    let bounds = try TruncatedDivergence(policy: [log(0.999)].span, reference: [log(1.005)].span)
    #expect(bounds.policyReferenceBound.isFinite && bounds.referencePolicyBound.isFinite)
  }

  /// To first order in the tolerance: what is left is its square.
  @Test(arguments: [1, 2, 3, 4] as [UInt64], [0, 0.01, 1, 4])
  func `Numbers that are all off by the tolerance, the worst way, never push the bound above the divergence`(
    _ seed: UInt64, _ deviation: Double
  ) throws {
    var random = SplitMix64(seed: seed)
    let tolerance = 1e-3
    let logits = random.logits(12)
    let policy = logSoftmax(logits.span)
    let reference = logSoftmax(random.moved(logits, deviation: deviation).span)
    let exact = ExactRow(policy, reference)
    for k in 1...12 {
      let (p, q) = top(k, of: policy, and: reference)
      for isRaisingPolicy in [true, false] {
        // A term grows with p where p > q; it grows as q falls. The other direction is the same with both exchanged.
        let movedP = zip(p, q).map { $0 + (($0 > $1) == isRaisingPolicy ? tolerance : -tolerance) }
        let movedQ = zip(p, q).map { $1 + (isRaisingPolicy || $0 > $1 ? -tolerance : tolerance) }
        let bounds = try TruncatedDivergence(
          policy: movedP.span, reference: movedQ.span, tolerance: tolerance)
        let swapped = try TruncatedDivergence(
          policy: movedQ.span, reference: movedP.span, tolerance: tolerance)
        let rest = tolerance * tolerance
        #expect(bounds.policyReferenceBound <= exact.policyReference + rest, "k = \(k)")
        #expect(bounds.referencePolicyBound <= exact.referencePolicy + rest, "k = \(k)")
        #expect(swapped.referencePolicyBound == bounds.policyReferenceBound, "k = \(k)")
      }
    }
  }

  @Test func `An entry that the reference rules out makes the bound infinite`() throws {
    let bounds = try TruncatedDivergence(policy: [-1.0, -1].span, reference: [-1.0, -.infinity].span)
    #expect(bounds.policyReferenceBound == .infinity && bounds.referencePolicyBound.isFinite)
  }

  @Test(arguments: [[Double.nan], [3.5], [.infinity]])
  func `Numbers that are no log-probabilities have no bound`(_ list: [Double]) throws {
    let bounds = try TruncatedDivergence(policy: list.span, reference: [-1.0].span)
    #expect(bounds.policyReferenceBound.isNaN && bounds.referencePolicyBound.isNaN)
  }

  @Test func `Lists of different length are refused`() {
    #expect(throws: ShapeError.shapesDiffer([1], [2])) {
      try TruncatedDivergence(policy: [-1.0].span, reference: [-1.0, -2.0].span)
    }
  }
}
