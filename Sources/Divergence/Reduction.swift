/// What becomes of the elements of a loss, as torch names it.
public enum Reduction: String, Sendable, Hashable, CaseIterable {
  /// All elements, in the input's shape.
  case none
  /// Their sum divided by the number of elements.
  case mean
  /// Their sum divided by the size of the first dimension, whatever that dimension means.
  case batchmean
  /// Their sum.
  case sum
}
