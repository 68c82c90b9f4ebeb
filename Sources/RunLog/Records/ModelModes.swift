/// `model.training` as the numbers of a record were computed: dropout drops and batch statistics move in `train`.
package enum ModelMode: UInt8, Sendable, Hashable {
  case train
  case eval

  package var name: String {
    switch self {
    case .train: "train"
    case .eval: "eval"
    }
  }
}

/// The switches of both models in one record; `nil` where the log does not say.
///
/// `model.eval()` and `torch.no_grad()` are independent of each other: the first changes what layers compute, the
/// second only whether gradients are recorded.
package struct ModelModes: Sendable, Hashable {
  package var policy: ModelMode?
  package var policyGradients: Bool?
  package var reference: ModelMode?
  package var referenceGradients: Bool?
  /// The reference is the policy with its adapters switched off (PEFT), so it shares the policy's mode.
  package var referenceIsAdapterOff: Bool

  package init(
    policy: ModelMode? = nil, policyGradients: Bool? = nil, reference: ModelMode? = nil,
    referenceGradients: Bool? = nil, referenceIsAdapterOff: Bool = false
  ) {
    self.policy = policy
    self.policyGradients = policyGradients
    self.reference = reference
    self.referenceGradients = referenceGradients
    self.referenceIsAdapterOff = referenceIsAdapterOff
  }

  /// True where the log says nothing about either model.
  package var isEmpty: Bool { self == ModelModes() }
}
