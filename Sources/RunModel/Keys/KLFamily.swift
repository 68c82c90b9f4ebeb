/// Which two models a logged "kl" compares. Curves of different families never share a chart.
package enum KLFamily: String, Sendable, Hashable, CaseIterable {
  /// Policy and the model that tuning started from: what forgetting is measured by.
  case reference
  /// Policy and the policy that made the samples, some updates ago.
  case oldPolicy = "old_policy"
  /// The same weights in the inference engine and in the trainer: rounding, not learning.
  case inferenceEngine = "inference_engine"
  /// Policy before and after one update.
  case update
  /// Policy and a teacher whose answers it learns.
  case teacher

  /// What to call it beside a curve.
  package var title: String {
    switch self {
    case .reference: "against the reference"
    case .oldPolicy: "against the old policy"
    case .inferenceEngine: "inference engine against trainer"
    case .update: "before against after the update"
    case .teacher: "against a teacher"
    }
  }
}
