internal import RealModule

/// What divergences, entropies and negative log-likelihoods are told in.
package enum DivergenceUnit: String, Sendable, Hashable, CaseIterable, Encodable {
  case nats
  case bits

  /// What a number of nats is multiplied by.
  package var factor: Double {
    switch self {
    case .nats: 1
    case .bits: 1 / Double.log(2)
    }
  }
}
