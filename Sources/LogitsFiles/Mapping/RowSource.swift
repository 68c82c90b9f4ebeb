/// Rows of logits in a file: all axes of a tensor but the last, flattened.
package enum RowSource: Sendable, Hashable {
  case tensor(StoredTensor)
  /// Log-probabilities, which are logits as well.
  case llamaBase(LlamaBase)

  /// The type in which rows are lent.
  package var type: ElementType {
    switch self {
    case .tensor(let tensor): tensor.type
    case .llamaBase: .float32
    }
  }

  /// Sizes of all axes, the vocabulary last.
  package var shape: [Int] {
    switch self {
    case .tensor(let tensor): tensor.shape
    case .llamaBase(let base): [base.chunks, base.window.count, base.vocabulary]
    }
  }

  package var vocabulary: Int { shape.last ?? 0 }

  /// True where rows are lent as they lie in the file, without a copy.
  ///
  /// - Parameter vocabulary: entries wanted of each row, at most all.
  package func isLentInPlace(vocabulary: Int) -> Bool {
    guard case .tensor(let tensor) = self else { return false }
    return tensor.isPlain && vocabulary == self.vocabulary
  }
}
