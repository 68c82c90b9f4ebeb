/// Where and how a tensor lies in its file.
package struct StoredTensor: Sendable, Hashable {
  /// Its name in the file; empty for the one array of an `.npy` file.
  package var name: String
  package var type: ElementType
  /// Size along each axis, none negative; empty for a single number.
  package var shape: [Int]
  /// Number of elements, the product of the shape.
  package let count: Int
  /// Its bytes in the file.
  package let bytes: Range<Int>
  /// The first axis is contiguous instead of the last.
  var isFortranOrdered = false
  var isBigEndian = false

  /// Checks that the shape fits the bytes it is said to have.
  init(name: String, type: ElementType, shape: [Int], offset: Int, byteCount: Int?) throws(HeaderProblem) {
    let what = name.isEmpty ? "" : "\(name): "
    guard let needed = checkedProduct(shape + [type.byteCount]),
      case let (end, overflow) = offset.addingReportingOverflow(needed), offset >= 0, !overflow
    else { throw HeaderProblem("\(what)the shape \(shape.written) is not possible") }
    if let byteCount, byteCount != needed {
      throw HeaderProblem(
        "\(what)\(type.rawValue) \(shape.written) takes \(needed) bytes, and data_offsets span \(byteCount)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    count = needed / type.byteCount
    bytes = offset..<end
  }

  /// True where the elements lie in the order of the shape, as this processor reads them.
  var isPlain: Bool {
    !isBigEndian && !(isFortranOrdered && shape.count { $0 > 1 } > 1)
  }
}

extension [Int] {
  /// A shape as users write it: `[2,3,4]`.
  var written: String { "[" + map { String($0) }.joined(separator: ",") + "]" }
}
