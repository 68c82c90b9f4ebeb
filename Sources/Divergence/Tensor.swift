/// Numbers in a rectangular shape, row-major: the last axis is contiguous. An empty shape holds one number.
public struct Tensor<Scalar: TensorScalar>: Sendable, Hashable {
  /// Size along each axis, none negative.
  public let shape: [Int]
  /// All elements, as many as the product of the shape.
  public private(set) var elements: [Scalar]

  /// A tensor of a shape, filled row by row.
  ///
  /// - Parameters:
  ///   - shape: Size along each axis.
  ///   - elements: As many as the product of the shape; one for the empty shape.
  /// - Throws: `ShapeError` where a size is negative or `elements` does not fill `shape` exactly.
  public init(shape: [Int], elements: [Scalar]) throws(ShapeError) {
    guard try Self.elementCount(of: shape) == elements.count else {
      throw .elementCount(shape: shape, elements: elements.count)
    }
    self.shape = shape
    self.elements = elements
  }

  /// A tensor of this tensor's shape.
  func with(elements: [Scalar]) -> Tensor {
    var result = self
    result.elements = elements
    return result
  }

  private static func elementCount(of shape: [Int]) throws(ShapeError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if size < 0 || overflow { throw .impossibleShape(shape) }
      count = product
    }
    return count
  }

  /// Where the elements of one line along an axis lie: `size` elements, `stride` apart.
  struct Lines {
    let size: Int
    let stride: Int
    /// Position of the first element of each line.
    let starts: [Int]
  }

  /// The lines along an axis, counted from the end where negative; a scalar is one line of one element.
  func lines(along axis: Int) throws(ShapeError) -> Lines {
    let rank = max(1, shape.count)
    guard axis >= -rank, axis < rank else { throw .axis(axis, rank: rank) }
    if shape.isEmpty { return Lines(size: 1, stride: 1, starts: [0]) }
    if elements.isEmpty { return Lines(size: 0, stride: 1, starts: []) }
    let position = axis < 0 ? axis + rank : axis
    let size = shape[position]
    let stride = shape[(position + 1)...].reduce(1, *)
    let starts = Swift.stride(from: 0, to: elements.count, by: size * stride).flatMap { outer in
      outer..<(outer + stride)
    }
    return Lines(size: size, stride: stride, starts: starts)
  }
}
