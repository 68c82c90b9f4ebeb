internal import RunModel

extension FindingCode {
  /// One sentence a user can act on.
  func message(series: String?, steps: ClosedRange<Int>, evidence: FindingEvidence) -> String {
    let name = series ?? "the run"
    let (first, last) = (steps.lowerBound, steps.upperBound)
    let at = first == last ? "step \(first)" : "steps \(first)–\(last)"
    let value = SentenceNumber.text(evidence.value)
    return switch self {
    case .nonfiniteLoss:
      "\(name) is \(value) at \(at): lower the learning rate or clip gradients, and do not trust what follows"
    case .nonfiniteKL:
      "\(name) is \(value) at \(at): look for -inf or NaN in the logits of the policy or the reference, and for log(0) in the estimate"
    case .differentMasks:
      "policy and reference mask different entries (\(name), \(at)): use one vocabulary mask for both, or the divergence is infinite"
    case .nonfiniteDivergence:
      "divergence of \(name) is not finite at \(at), first in \(evidence.reason): look for NaN or infinities in the logits of both models"
    case .klAtStepZero:
      "\(name) already diverges by \(value) nats at step \(steps.lowerBound), where it should be 0: is the reference the model tuning started from, and in eval mode?\(evidence.reason)"
    case .referenceInTrainMode:
      "reference model is in train mode at \(at): its dropout and batch statistics make the KL wrong; call reference.eval()"
    case .referenceWithGradients:
      "reference model records gradients at \(at): wrap its forward pass in torch.no_grad()"
    case .evaluationInTrainMode:
      "evaluation ran with the policy in train mode at \(at): dropout is on; call model.eval() before it"
    case .trainingInEvalMode:
      "training rows report \(evidence.reason) at \(at): the model was left in eval mode after an evaluation, so its dropout is off; call model.train()"
    case .trainingWithoutGradients:
      "training rows were computed without gradients at \(at): nothing is learnt from them; is the forward pass inside torch.no_grad()?"
    case .evaluationWithGradients:
      "evaluation records gradients at \(at): wrap it in torch.no_grad() to save memory and time"
    case .unusableDistribution:
      "\(evidence.leftOut) left out, \(evidence.reason)"
    case .checkpointUnknown:
      "scores of \(evidence.reason) name no checkpoint-N, neither in their path nor as the model: they stand at \(at), as if it were the model that tuning starts from"
    case .logitsWithoutReference:
      "logits of \(name) come without logits of the reference at \(at): log ref_logits once per sample to measure drift"
    // The rule found the sentence itself.
    default: evidence.reason
    }
  }
}

/// What makes a finding's sentence concrete.
struct FindingEvidence: Sendable {
  /// What the program computed, or the value that stood in the log.
  var value: Double = .nan
  /// Why something could not be used.
  var reason = ""
  /// What could not be used.
  var leftOut = ""
}
