import Divergence
import Foundation
import TestSupport
import Testing

@Suite struct KLDivTests {
  private func value(
    _ input: [Float], _ target: [Float], shape: [Int]? = nil, _ reduction: Reduction, logTarget: Bool = false
  ) throws -> [Float] {
    let shape = shape ?? [input.count]
    return try klDiv(
      input: Tensor(shape: shape, elements: input), target: Tensor(shape: shape, elements: target),
      reduction: reduction, logTarget: logTarget
    ).elements
  }

  @Test(
    arguments: [([6], 6.0), ([2, 3], 2), ([3, 2], 3), ([2, 3, 1], 2), ([1, 2, 3], 1)] as [([Int], Double)])
  func `batchmean divides by the first dimension and mean by all`(_ shape: [Int], _ first: Double) throws {
    var random = SplitMix64(seed: 61)
    let target = softmax(random.logits(6).span), input = logSoftmax(random.logits(6).span)
    func result(_ reduction: Reduction) throws -> Tensor<Double> {
      try klDiv(
        input: Tensor(shape: shape, elements: input), target: Tensor(shape: shape, elements: target),
        reduction: reduction)
    }
    let sum = try result(.sum)
    #expect(sum.shape == [])
    #expect(try result(.batchmean).elements == [sum.elements[0] / first])
    #expect(try result(.mean).elements == [sum.elements[0] / 6])
    #expect(try result(.none).shape == shape)
    #expect(abs(try result(.none).elements.reduce(0, +) - sum.elements[0]) < 1e-15)
  }

  @Test(arguments: [[0], [0, 4]], [false, true])
  func `Without rows the sum is 0 and the means are not numbers`(_ shape: [Int], _ logTarget: Bool) throws {
    #expect(try value([], [], shape: shape, .none, logTarget: logTarget) == [])
    #expect(try value([], [], shape: shape, .sum, logTarget: logTarget) == [0])
    #expect(try value([], [], shape: shape, .mean, logTarget: logTarget)[0].isNaN)
    #expect(try value([], [], shape: shape, .batchmean, logTarget: logTarget)[0].isNaN)
  }

  @Test func `Rows without entries have batchmean 0`() throws {
    #expect(try value([], [], shape: [4, 0], .batchmean) == [0])
    #expect(try value([], [], shape: [4, 0], .mean)[0].isNaN)
  }

  @Test(arguments: [
    (input: Float(-1), target: Float(0), expected: Float(0)),
    (-.infinity, 0, .nan), (-.infinity, 0.5, .infinity), (-1, -0.5, .nan), (.nan, 0.5, .nan),
    (-1, .nan, .nan),
    (-1, .infinity, .infinity), (0, 1, 0), (.infinity, 0.5, -.infinity), (.infinity, 0, .nan),
  ])
  func `A target of probabilities meets the edges as torch does`(
    _ edge: (input: Float, target: Float, expected: Float)
  ) throws {
    let result = try value([edge.input], [edge.target], .none)[0]
    #expect(edge.expected.isNaN ? result.isNaN : result == edge.expected)
  }

  @Test(arguments: [
    (input: Float(-1), target: -Float.infinity, expected: Float.nan),
    (-.infinity, -.infinity, .nan), (-.infinity, 0, .infinity), (-1, 0, 1), (.nan, 0, .nan), (0, .nan, .nan),
    (-1, .infinity, .infinity), (.infinity, 0, -.infinity), (-1, -200, 0),
  ])
  func `A target of log-probabilities meets the edges as torch does`(
    _ edge: (input: Float, target: Float, expected: Float)
  ) throws {
    let result = try value([edge.input], [edge.target], .none, logTarget: true)[0]
    #expect(edge.expected.isNaN ? result.isNaN : result == edge.expected)
  }

  @Test func `Tensors of different shape are refused`() throws {
    let flat = try Tensor<Float>(shape: [6], elements: [0, 0, 0, 0, 0, 0])
    let square = try Tensor<Float>(shape: [2, 3], elements: [0, 0, 0, 0, 0, 0])
    #expect(throws: ShapeError.shapesDiffer([6], [2, 3])) {
      try klDiv(input: flat, target: square, reduction: .sum)
    }
  }

  @Test func `A scalar has no batch`() throws {
    #expect(throws: ShapeError.noFirstDimension) { try value([-1], [0.5], shape: [], .batchmean) }
    #expect(try value([-1], [1], shape: [], .mean) == [1])
  }

  @Test func `The sum over a row of a softmax is its divergence`() throws {
    var random = SplitMix64(seed: 62)
    let policy = random.logits(50), reference = random.logits(50)
    let input = logSoftmax(reference.span), target = softmax(policy.span)
    let sum = try klDiv(
      input: Tensor(shape: [50], elements: input), target: Tensor(shape: [50], elements: target),
      reduction: .sum
    ).elements[0]
    let row = RowDivergence.measure(policy: policy.span, reference: reference.span)
    #expect(abs(sum - row.policyReference) < 1e-13)
  }
}
