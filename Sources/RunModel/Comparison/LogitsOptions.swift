internal import RealModule

/// How files of logits are to be compared.
package struct LogitsOptions: Sendable {
  /// The first axis is the step.
  package var isStack = false
  /// An `.npy` file that names the steps of the first axis.
  package var stepsFile: String?
  /// Vocabularies of different sizes are compared over the entries that both have.
  package var comparesCommonVocabulary = false
  /// At most so many threads; nil for one a core.
  package var threads: Int?

  package init() {}
}

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
