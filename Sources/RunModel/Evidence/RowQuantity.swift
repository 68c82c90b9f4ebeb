/// A number that each row of logits gives: the divergence, and what is taken for it.
///
/// With p of the policy and q of the reference; everything in nats.
package enum RowQuantity: Hashable, Sendable {
  // What a measured row tells by itself.
  case policyReference, referencePolicy
  /// H(p, q) and H(q, p).
  case crossEntropy, crossEntropySwapped
  /// −log p of the right class, and the entropy of p.
  case labelLoss, policyEntropy
  /// Estimates from the right class, as if it had been sampled from the policy.
  case labelK1, labelK2, labelK3
  /// Divergences of rows, held at ±10.
  case rowsClamped, rowsClampedSwapped

  // What takes the logits themselves.
  case jensenShannon
  /// kl_div with probabilities as input: Σ p·(log p − q).
  case probabilitiesAsInput, probabilitiesAsInputSwapped
  /// kl_div with log_target and probabilities: Σ e^p·(p − log q).
  case logTargetWronglySet, logTargetWronglySetSwapped
  /// Entries p·log(p/q) below 0 taken as 0.
  case elementsClamped, elementsClampedSwapped
  /// Softmax over the positions of a sequence, over the batch, or over all rows.
  case alongTime, alongBatch, alongRows
  /// The reference's row `by` positions later, masked at the policy's row or at the reference's.
  case shifted(by: Int, maskedAtReference: Bool, swapped: Bool)
  /// The reference's row of the next or the last sequence of the batch.
  case otherSequence(by: Int)
  /// The policy's row at the evaluation before.
  case previousPolicy
  case half(HalfArithmetic, bits: Int)
  /// The k likeliest entries of one model.
  case topEntries(k: Int, TopEntriesKind)
  /// Logits divided by the temperature of an index.
  case temperature(Int, TemperatureKind)

  package enum HalfArithmetic: Hashable, Sendable {
    /// Logits are rounded, the rest is not.
    case logits
    /// Log-probabilities are rounded, the rest is not.
    case logProbabilities(HalfMachine)
    /// Every operation rounds: e^log p · (log p − log q); the sum of a row too, or not.
    case elements(HalfMachine), elementSums(HalfMachine)
    /// Every operation rounds: p·log p − p·log q, as kl_div takes probabilities; the sum of a row too, or not.
    case targets(HalfMachine), targetSums(HalfMachine)

    static let all: [HalfArithmetic] =
      [.logits]
      + HalfMachine.allCases.flatMap { machine in
        [
          .logProbabilities(machine), .elements(machine), .elementSums(machine), .targets(machine),
          .targetSums(machine),
        ]
      }
  }

  /// How log_softmax rounds: once on an accelerator, its sum and the sum's logarithm too on a processor.
  package enum HalfMachine: Hashable, Sendable, CaseIterable {
    case accelerator, processor
  }

  package enum TopEntriesKind: Hashable, Sendable, CaseIterable {
    case ofPolicy, ofReference, ofPolicySwapped, ofReferenceSwapped
    /// Not renormalised: a part of the sum.
    case partOfPolicy
  }

  package enum TemperatureKind: Hashable, Sendable, CaseIterable {
    case both, bothSwapped, policyAlone, referenceAlone
  }

  /// Temperatures that are tried: what people divide logits by.
  static let temperatures: [Double] = [
    0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8,
    1.9, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 20,
  ]

  /// How many of the likeliest entries people keep.
  static let topCounts = [
    2, 3, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 64, 100, 128, 200, 256, 500, 512, 1000, 1024,
  ]

  /// Significant bits of bfloat16 and float16.
  static let halfBits = [8, 11]

  /// Every quantity, those of measured rows first.
  package static let all: [RowQuantity] = {
    var all: [RowQuantity] = [
      .policyReference, .referencePolicy, .crossEntropy, .crossEntropySwapped, .labelLoss, .policyEntropy,
      .labelK1, .labelK2, .labelK3, .rowsClamped, .rowsClampedSwapped,
      .jensenShannon, .probabilitiesAsInput, .probabilitiesAsInputSwapped, .logTargetWronglySet,
      .logTargetWronglySetSwapped, .elementsClamped, .elementsClampedSwapped, .alongTime, .alongBatch,
      .alongRows, .otherSequence(by: 1), .otherSequence(by: -1), .previousPolicy,
    ]
    for by in [1, -1] {
      for atReference in [false, true] {
        for swapped in [false, true] {
          all.append(.shifted(by: by, maskedAtReference: atReference, swapped: swapped))
        }
      }
    }
    for bits in halfBits { all += HalfArithmetic.all.map { .half($0, bits: bits) } }
    for k in topCounts { all += TopEntriesKind.allCases.map { .topEntries(k: k, $0) } }
    for index in temperatures.indices { all += TemperatureKind.allCases.map { .temperature(index, $0) } }
    return all
  }()

  /// Quantities that a measured row tells by itself; they are taken over other choices of rows too.
  static let measuredCount = 11
  /// The first one that costs a sort or further exponentials.
  static let costlyStart = all.firstIndex { if case .topEntries = $0 { true } else { false } } ?? all.count

  /// Place of each in `all`.
  static let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })

  var place: Int { Self.places[self] ?? 0 }
}

/// Which rows a KL is taken over.
package enum RowChoice: Int, CaseIterable, Sendable {
  /// Those that the mask leaves.
  case counted
  case all
  case inverted
  /// The mask one position later or earlier.
  case later, earlier
  /// From the first position to the last one that counts, and from the first one that counts to the last position.
  case withPrompt, withPadding
  case firstSequence, lastSequence
  /// The first and the last position of each sequence that counts.
  case firstPositions, lastPositions
}
