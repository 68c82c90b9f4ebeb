import Divergence
import Foundation
import TestSupport
import Testing

@Suite struct TensorTests {
  @Test(arguments: [([2, 3], 5), ([2, 3], 7), ([0, 4], 1), ([], 0), ([], 2)] as [([Int], Int)])
  func `A shape that its elements do not fill is refused`(_ shape: [Int], _ count: Int) {
    #expect(throws: ShapeError.elementCount(shape: shape, elements: count)) {
      try Tensor<Float>(shape: shape, elements: [Float](repeating: 0, count: count))
    }
  }

  @Test(arguments: [[-1], [2, -3], [Int.max, 2], [1 << 40, 1 << 40]])
  func `An impossible shape is refused`(_ shape: [Int]) {
    #expect(throws: ShapeError.impossibleShape(shape)) { try Tensor<Double>(shape: shape, elements: []) }
  }

  @Test(arguments: [([2, 3], 2), ([2, 3], -3), ([], 1), ([], -2), ([0, 4], 5)] as [([Int], Int)])
  func `An axis that is not there is refused`(_ shape: [Int], _ axis: Int) throws {
    let tensor = try Tensor<Float>(
      shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)))
    #expect(throws: ShapeError.axis(axis, rank: max(1, shape.count))) { try softmax(tensor, axis: axis) }
    #expect(throws: ShapeError.axis(axis, rank: max(1, shape.count))) { try logSoftmax(tensor, axis: axis) }
  }

  @Test(arguments: [[5], [4, 1], [1, 4], [3, 4], [2, 3, 4], [2, 2, 3, 2]])
  func `Along every axis the probabilities of each line sum to one`(_ shape: [Int]) throws {
    var random = SplitMix64(seed: 51)
    let elements = random.logits(shape.reduce(1, *))
    let tensor = try Tensor(shape: shape, elements: elements)
    for axis in shape.indices {
      let result = try softmax(tensor, axis: axis)
      #expect(result.shape == shape)
      #expect(try softmax(tensor, axis: axis - shape.count) == result)
      let stride = shape[(axis + 1)...].reduce(1, *)
      var sums: [Int: Double] = [:]
      for (index, value) in result.elements.enumerated() {
        sums[index / (stride * shape[axis]) * stride + index % stride, default: 0] += value
      }
      #expect(sums.count == elements.count / shape[axis])
      #expect(sums.values.allSatisfy { abs($0 - 1) < 1e-14 })
      let logarithms = try logSoftmax(tensor, axis: axis)
      #expect(zip(result.elements, logarithms.elements).allSatisfy { abs(log($0) - $1) < 1e-13 })
    }
  }

  @Test func `A scalar is a distribution over one`() throws {
    let scalar = try Tensor<Float>(shape: [], elements: [7])
    #expect(try softmax(scalar, axis: 0).elements == [1])
    #expect(try logSoftmax(scalar, axis: -1).elements == [0])
  }

  @Test(arguments: [[0], [0, 4], [4, 0], [2, 0, 3]])
  func `Nothing stays nothing`(_ shape: [Int]) throws {
    let empty = try Tensor<Float>(shape: shape, elements: [])
    for axis in shape.indices {
      #expect(try softmax(empty, axis: axis) == empty)
      #expect(try logSoftmax(empty, axis: axis) == empty)
    }
  }

  @Test func `The seed example has its exact softmax`() {
    let row = [1, 3, 0.5, 2.0]
    let exact = [0.08536889350978889, 0.6307955432474668, 0.05177885129942981, 0.23205671194331448]
    #expect(zip(softmax(row.span), exact).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(zip(logSoftmax(row.span), exact).allSatisfy { abs($0 - log($1)) < 1e-14 })
  }

  @Test func `A row of float64 numbers follows torch at the infinities`() {
    #expect(softmax([0, -Double.infinity, 0].span) == [0.5, 0, 0.5])
    #expect(logSoftmax([0, -Double.infinity].span) == [0, -.infinity])
    for row: [Double] in [[0, .nan], [0, .infinity], [-.infinity, -.infinity]] {
      #expect(softmax(row.span).allSatisfy { $0.isNaN })
      #expect(logSoftmax(row.span).allSatisfy { $0.isNaN })
    }
  }
}
