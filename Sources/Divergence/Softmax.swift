#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// exp(x_i) / Σ exp(x_j) of one row, shifted by its maximum so that nothing overflows.
///
/// As torch has it: −∞ gives 0; a row with NaN or +∞, or of nothing but −∞, gives NaN throughout.
///
/// - Parameter row: V logits, in nats.
/// - Returns: V probabilities in 0…1 that sum to 1 up to rounding in float64; nothing for an empty row.
public func softmax(_ row: Span<Double>) -> [Double] {
  let (maximum, mass) = normaliser(of: row)
  return row.indices.map { exp(row[$0] - maximum) / mass }
}

/// x_i − log Σ exp(x_j) of one row, shifted by its maximum, with the conventions of `softmax`.
///
/// - Parameter row: V logits, in nats.
/// - Returns: V log-probabilities, in nats and at most 0 up to rounding; −∞ where the logit is.
public func logSoftmax(_ row: Span<Double>) -> [Double] {
  let (maximum, mass) = normaliser(of: row)
  let logMass = log(mass)
  return row.indices.map { (row[$0] - maximum) - logMass }
}

/// `torch.nn.functional.softmax(tensor, dim: axis)`, computed in float64 and rounded once.
///
/// - Parameters:
///   - tensor: Logits of any shape, in nats.
///   - axis: The axis along which the result sums to 1, in −rank ..< rank; a negative one counts from the last.
/// - Returns: Probabilities in the shape of `tensor`.
/// - Throws: `ShapeError.axis` where there is no such axis.
public func softmax<Scalar>(
  _ tensor: Tensor<Scalar>, axis: Int
) throws(ShapeError) -> Tensor<Scalar> {
  try mapLines(of: tensor, along: axis) { softmax($0) }
}

/// `torch.nn.functional.log_softmax(tensor, dim: axis)`, computed in float64 and rounded once.
///
/// - Parameters:
///   - tensor: Logits of any shape, in nats.
///   - axis: The axis along which the exponentials of the result sum to 1, in −rank ..< rank; a negative one counts from
///     the last.
/// - Returns: Log-probabilities in the shape of `tensor`, in nats.
/// - Throws: `ShapeError.axis` where there is no such axis.
public func logSoftmax<Scalar>(
  _ tensor: Tensor<Scalar>, axis: Int
) throws(ShapeError) -> Tensor<Scalar> {
  try mapLines(of: tensor, along: axis) { logSoftmax($0) }
}

/// The maximum m of a row and Σ exp(x − m), NaN where no softmax is defined.
private func normaliser(of row: Span<Double>) -> (maximum: Double, mass: Double) {
  var maximum = -Double.infinity
  for index in row.indices { maximum = max(maximum, row[index]) }
  var mass = 0.0
  for index in row.indices { mass += exp(row[index] - maximum) }
  return (maximum, mass)
}

private func mapLines<Scalar>(
  of tensor: Tensor<Scalar>, along axis: Int, _ transform: (Span<Double>) -> [Double]
) throws(ShapeError) -> Tensor<Scalar> {
  let lines = try tensor.lines(along: axis)
  var elements = tensor.elements
  for start in lines.starts {
    let line = (0..<lines.size).map { Double(elements[start + $0 * lines.stride]) }
    for (position, value) in transform(line.span).enumerated() {
      elements[start + position * lines.stride] = Scalar(value)
    }
  }
  return tensor.with(elements: elements)
}
