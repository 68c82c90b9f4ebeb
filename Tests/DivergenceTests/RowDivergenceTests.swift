import Divergence
import TestSupport
import Testing

/// Every quantity of a row against the definitions, at sizes where loops over vectors and blocks go wrong.
@Suite struct RowDivergenceTests {
  /// Entropies and total variation sum terms of another size than the divergence; they are held to this.
  private static let otherTolerance = 2e-6

  private func expectExact(
    _ policy: StoredLogits, _ reference: StoredLogits, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let exact = ExactRow(policy.values, reference.values)
    let rows = try measure(policy, reference, vocabularySize: policy.values.count, totalVariation: true)
    try #require(rows.count == 1, comment, sourceLocation: sourceLocation)
    let row = rows[0]
    let variation = try #require(row.totalVariation)
    let isExact =
      keepsPromise(row.policyReference, exact.policyReference)
      && keepsPromise(row.referencePolicy, exact.referencePolicy)
      && abs(row.policyEntropy - exact.policyEntropy) <= Self.otherTolerance
      && abs(row.referenceEntropy - exact.referenceEntropy) <= Self.otherTolerance
      && abs(variation - exact.totalVariation) <= Self.otherTolerance
      && row.policyArgmax == firstArgmax(policy.values)
      && row.referenceArgmax == firstArgmax(reference.values)
      && row.masksDiffer
        == zip(policy.values, reference.values).contains { ($0 == -.infinity) != ($1 == -.infinity) }
    #expect(isExact, "\(comment): \(row) for \(exact)", sourceLocation: sourceLocation)
  }

  private func firstArgmax(_ values: [Double]) -> Int? {
    values.max().flatMap { values.firstIndex(of: $0) }
  }

  @Test(arguments: LogitsScalar.allCases)
  func `Every small vocabulary is measured to the last entry`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 11)
    for count in 1...70 {
      let policy = random.logits(count)
      let reference = random.moved(policy, deviation: 1)
      try expectExact(
        StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), "\(scalar), V = \(count)")
    }
  }

  @Test(arguments: LogitsScalar.allCases)
  func `Vocabularies around whole blocks are measured to the last entry`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 12)
    for count in [1008, 1023, 1024, 1025, 2047, 2048, 2049, 3071, 3089, 4096, 5000] {
      let policy = random.logits(count)
      let reference = random.moved(policy, deviation: 0.5)
      try expectExact(
        StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), "\(scalar), V = \(count)")
    }
  }

  @Test func `The two models may be stored in different precisions`() throws {
    var random = SplitMix64(seed: 13)
    for policyScalar in LogitsScalar.allCases {
      for referenceScalar in LogitsScalar.allCases {
        let policy = StoredLogits(random.logits(1100), as: policyScalar)
        let reference = StoredLogits(random.logits(1100), as: referenceScalar)
        try expectExact(policy, reference, "\(policyScalar) and \(referenceScalar)")
      }
    }
  }

  @Test(arguments: [LogitsScalar.float32, .bfloat16, .float64])
  func `A mask in both models at any position leaves the rest exact`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 14)
    for count in [40, 1060] {
      let policy = random.logits(count), reference = random.logits(count)
      let positions = count == 40 ? Array(0..<40) : [0, 1, 15, 16, 1022, 1023, 1024, 1025, 1059]
      for position in positions {
        var maskedPolicy = policy, maskedReference = reference
        maskedPolicy[position] = -.infinity
        maskedReference[position] = -.infinity
        try expectExact(
          StoredLogits(maskedPolicy, as: scalar), StoredLogits(maskedReference, as: scalar),
          "masked at \(position) of \(count)")
      }
    }
  }

  @Test(arguments: [LogitsScalar.float32, .float16, .float64])
  func `A mask in one model makes one direction infinite and is reported`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 15)
    for position in 0..<40 {
      let policy = random.logits(40)
      var reference = policy
      reference[position] = -.infinity
      let masked = StoredLogits(reference, as: scalar), whole = StoredLogits(policy, as: scalar)
      try expectExact(whole, masked, "reference masked at \(position)")
      try expectExact(masked, whole, "policy masked at \(position)")
      let row = try measure(whole, masked, vocabularySize: 40)[0]
      #expect(row.masksDiffer && row.policyReference == .infinity && row.referencePolicy.isFinite)
    }
  }

  @Test func `Whole blocks of masked entries before, between and after the others are no obstacle`() throws {
    var random = SplitMix64(seed: 16)
    for kept in [0..<5, 2000..<2010, 5100..<5120] {
      let policy = random.logits(5120), reference = random.logits(5120)
      let mask: ([Double]) -> [Double] = { logits in
        logits.indices.map { kept.contains($0) ? logits[$0] : -.infinity }
      }
      try expectExact(
        StoredLogits(mask(policy), as: .float32), StoredLogits(mask(reference), as: .float32), "kept \(kept)")
    }
  }

  @Test func `One model masked throughout a block, the other not, keeps the finite direction exact`() throws {
    var random = SplitMix64(seed: 17)
    let reference = random.logits(3000)
    for masked in [0..<1024, 0..<2048, 1024..<2048, 1500..<3000] {
      var policy = random.moved(reference, deviation: 1)
      for index in masked { policy[index] = -.infinity }
      try expectExact(
        StoredLogits(policy, as: .float32), StoredLogits(reference, as: .float32), "masked \(masked)")
    }
  }

  @Test(arguments: [LogitsScalar.float32, .float16, .bfloat16])
  func `Logits spread beyond the reach of a float32 exponential are exact`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 18)
    for (count, deviation) in [(3000, 40.0), (2048, 300), (50, 1000)] {
      let policy = random.logits(count, deviation: deviation)
      let reference = random.moved(policy, deviation: 1)
      try expectExact(
        StoredLogits(policy, as: scalar), StoredLogits(reference, as: scalar), "deviation \(deviation)")
    }
  }

  @Test func `Rising and falling logits, whose maximum moves in every block, are exact`() throws {
    let rising = (0..<8192).map { Double($0) / 400 }
    let falling = Array(rising.reversed())
    let bent = rising.map { $0 * 0.97 }
    for (policy, reference) in [(rising, bent), (falling, bent), (rising, falling)] {
      try expectExact(
        StoredLogits(policy, as: .float32), StoredLogits(reference, as: .float32), "ramp")
    }
  }

  @Test func `Of equal maxima the first is the argmax, also in another block`() throws {
    for positions in [[0, 1], [1023, 1024], [1030, 2900], [5, 2999]] {
      var logits = [Double](repeating: 0, count: 3000)
      for position in positions { logits[position] = 2 }
      for scalar in LogitsScalar.allCases {
        let stored = StoredLogits(logits, as: scalar)
        let row = try measure(stored, stored, vocabularySize: 3000)[0]
        #expect(row.policyArgmax == positions[0] && row.referenceArgmax == positions[0] && row.sameTop1)
      }
    }
  }
}
