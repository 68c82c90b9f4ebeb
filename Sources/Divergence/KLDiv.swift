/// `torch.nn.functional.kl_div`: target·(log target − input) element by element, then the reduction, in nats.
///
/// Over the entries of a distribution the sum is D(P‖Q) = Σ P (log P − log Q) (S. Kullback, R. Leibler, "On Information
/// and Sufficiency", 1951). torch takes the arguments the other way round than the formula reads: `input` is about Q,
/// `target` is P.
///
/// The result has the input's shape with `.none`, else the empty shape. Element by element it is torch's
/// `xlogy(target, target) − target·input`, or `exp(target)·(target − input)` with `logTarget`, in torch's order of
/// rounding. A target of 0 gives 0 unless the input is infinite (then NaN). An empty input gives 0 for `.sum` and
/// NaN for the two means.
///
/// - Parameters:
///   - input: Log-probabilities of Q.
///   - target: Probabilities of P, or with `logTarget` their logarithms; same shape as `input`.
///   - reduction: What becomes of the elements; `.batchmean` divides by the size of the first dimension, `.mean` by the
///     number of elements, which is D per row only for a single entry a row.
///   - logTarget: Whether `target` holds logarithms.
/// - Returns: A tensor of the input's shape with `.none`, else one number, in nats.
/// - Throws: `ShapeError` where the shapes differ or `.batchmean` has no first dimension.
public func klDiv<Scalar>(
  input: Tensor<Scalar>, target: Tensor<Scalar>, reduction: Reduction, logTarget: Bool = false
) throws(ShapeError) -> Tensor<Scalar> {
  guard input.shape == target.shape else { throw .shapesDiffer(input.shape, target.shape) }
  let terms = zip(input.elements, target.elements).map { input, target in
    logTarget ? termOfLogTarget(input: input, target: target) : termOfTarget(input: input, target: target)
  }
  let divisor: Int
  switch reduction {
  case .none: return input.with(elements: terms)
  case .sum: divisor = 1
  case .mean: divisor = terms.count
  case .batchmean:
    guard let first = input.shape.first else { throw .noFirstDimension }
    divisor = first
  }
  // Summed in float64: closer to the exact sum than torch's float32 cascade, and within its error of it.
  let sum = Scalar(terms.reduce(0.0) { $0 + Double($1) })
  return try Tensor(shape: [], elements: [reduction == .sum ? sum : sum / Scalar(divisor)])
}

private func termOfLogTarget<Scalar: TensorScalar>(input: Scalar, target: Scalar) -> Scalar {
  target.exponential * (target - input)
}

private func termOfTarget<Scalar: TensorScalar>(input: Scalar, target: Scalar) -> Scalar {
  let targetLogTarget = target == 0 ? 0 : target * target.naturalLogarithm
  return targetLogTarget - target * input
}
