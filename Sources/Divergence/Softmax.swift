#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// exp(x_i) / Σ exp(x_j) of one row, shifted by its maximum.
///
/// As torch has it: −∞ gives 0; a row with NaN or +∞, or of nothing but −∞, gives NaN throughout.
package func softmax(_ row: Span<Double>) -> [Double] {
  let (maximum, mass) = normaliser(of: row)
  return row.indices.map { exp(row[$0] - maximum) / mass }
}

/// x_i − log Σ exp(x_j) of one row, shifted by its maximum, with the conventions of `softmax`.
package func logSoftmax(_ row: Span<Double>) -> [Double] {
  let (maximum, mass) = normaliser(of: row)
  let logMass = log(mass)
  return row.indices.map { (row[$0] - maximum) - logMass }
}

/// `torch.nn.functional.softmax(tensor, dim: axis)`; a negative axis counts from the last.
///
/// Computed in float64 and rounded once. Throws where there is no such axis.
package func softmax<Scalar>(
  _ tensor: Tensor<Scalar>, axis: Int
) throws(ShapeError) -> Tensor<Scalar> {
  try mapLines(of: tensor, along: axis) { softmax($0) }
}

/// `torch.nn.functional.log_softmax(tensor, dim: axis)`; a negative axis counts from the last.
///
/// Computed in float64 and rounded once. Throws where there is no such axis.
package func logSoftmax<Scalar>(
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
