internal import Divergence
internal import RunLog

/// Guaranteed lower bounds of the divergence from the top-k lists of one sample of one record, nats.
package struct BoundEvidence: Sendable {
  /// `nil` where the log does not name the sample.
  package var sample: String?
  /// Of D(π_θ‖π_θ0), one a row.
  package var policyReference = RunningMoments()
  /// Of D(π_θ0‖π_θ), one a row.
  package var referencePolicy = RunningMoments()

  package var rows: Int { policyReference.count }

  init(sample: String?) { self.sample = sample }

  /// Throws where the lists give no bound: values of a model are missing, ids repeat, or they are no log-probabilities.
  init(_ top: TopEntries) throws(UnusableTop) {
    self.init(sample: top.sample)
    for row in 0..<top.rows {
      let range = row * top.k..<(row + 1) * top.k
      try check(top, range, row: row)
      guard
        let bound = try? TruncatedDivergence(
          policy: top.policy.span.extracting(range), reference: top.reference.span.extracting(range)),
        !bound.policyReferenceBound.isNaN, !bound.referencePolicyBound.isNaN
      else { throw UnusableTop(reason: "top lists probabilities that add up to more than 1 in row \(row)") }
      policyReference.add(bound.policyReferenceBound)
      referencePolicy.add(bound.referencePolicyBound)
    }
  }

  private func check(_ top: TopEntries, _ range: Range<Int>, row: Int) throws(UnusableTop) {
    if range.contains(where: { top.policy[$0].isNaN || top.reference[$0].isNaN }) {
      throw UnusableTop(
        reason:
          "top lacks a log-probability of one model in row \(row): a union of two top-k lists needs the values "
          + "of both models for every id, or it bounds nothing")
    }
    if Set(top.ids[range]).count < range.count {
      throw UnusableTop(reason: "top lists an id twice in row \(row)")
    }
  }

  mutating func merge(_ other: BoundEvidence) {
    policyReference.merge(other.policyReference)
    referencePolicy.merge(other.referencePolicy)
  }
}

/// Top-k lists that bound nothing, and why, in one phrase.
struct UnusableTop: Error, Hashable {
  var reason: String
}
