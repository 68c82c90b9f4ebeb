/// Sizes that do not fit together, with what was expected and what was there.
public enum ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A shape with a negative size, or with more elements than memory could hold.
  case impossibleShape([Int])
  /// The shape asks for another number of elements than there are.
  case elementCount(shape: [Int], elements: Int)
  /// No such axis: it must lie in −rank ..< rank.
  case axis(Int, rank: Int)
  /// Two tensors or rows of different shape where equal ones are needed.
  case shapesDiffer([Int], [Int])
  /// A reduction over the first dimension of a tensor that has none.
  case noFirstDimension
  /// Raw logits whose byte count is no whole number of rows.
  case partialRow(bytes: Int, bytesPerRow: Int)

  /// One phrase that says what does not fit.
  public var description: String {
    switch self {
    case .impossibleShape(let shape): "the shape \(shape) is not possible"
    case .elementCount(let shape, let elements): "the shape \(shape) does not hold \(elements) elements"
    case .axis(let axis, let rank): "axis \(axis) is outside \(-rank)..<\(rank)"
    case .shapesDiffer(let first, let second): "the shapes \(first) and \(second) differ"
    case .noFirstDimension: "batchmean needs a first dimension to divide by, and a scalar has none"
    case .partialRow(let bytes, let bytesPerRow):
      "\(bytes) bytes of logits are no whole number of rows of \(bytesPerRow) bytes"
    }
  }
}
