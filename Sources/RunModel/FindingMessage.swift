extension FindingCode {
  /// One sentence a user can act on.
  func message(series: String?, steps: ClosedRange<Int>, evidence: FindingEvidence) -> String {
    let name = series ?? "the run"
    let at = steps.count == 1 ? "step \(steps.lowerBound)" : "steps \(steps.lowerBound)–\(steps.upperBound)"
    let value = Self.text(evidence.value)
    return switch self {
    case .nonfiniteLoss:
      "\(name) is \(evidence.value) at \(at): lower the learning rate or clip gradients, and do not trust what follows"
    case .differentMasks:
      "policy and reference mask different entries (\(name), \(at)): use one vocabulary mask for both, or the divergence is infinite"
    case .klAtStepZero:
      "\(name) already diverges by \(value) nats at step \(steps.lowerBound), where it should be 0: is the reference the model tuning started from, and in eval mode?"
    case .referenceInTrainMode:
      "reference model is in train mode at \(at): its dropout and batch statistics make the KL wrong; call reference.eval()"
    case .referenceWithGradients:
      "reference model records gradients at \(at): wrap its forward pass in torch.no_grad()"
    case .evaluationInTrainMode:
      "evaluation ran with the policy in train mode at \(at): dropout is on; call model.eval() before it"
    case .evaluationWithGradients:
      "evaluation records gradients at \(at): wrap it in torch.no_grad() to save memory and time"
    case .loggedKLDiffers:
      "logged KL is \(Self.text(evidence.logged)) but the logits of \(name) give \(value) nats (first at step \(steps.lowerBound)): check reduction, argument order and modes"
    case .unusableDistribution:
      "logits or log-probabilities left out, \(evidence.reason)"
    case .logitsWithoutReference:
      "logits of \(name) come without logits of the reference at \(at): log ref_logits once per sample to measure drift"
    }
  }

  /// Three significant digits.
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var exponent = 0
    var scaled = abs(value)
    while scaled >= 10 { scaled /= 10; exponent += 1 }
    while scaled < 1 { scaled *= 10; exponent -= 1 }
    let unit = pow(10, Double(2 - exponent))
    return unit.isFinite ? "\((value * unit).rounded() / unit)" : "\(value)"
  }
}
