import Divergence
import Testing

@Suite struct SoftmaxGoldenTests {
  /// 4 units in the last place of `Scalar`, or an absolute error where the result is near 0.
  private func agrees<Scalar: TensorScalar>(
    _ result: Tensor<Scalar>, _ expected: [Double], orWithin absolute: Double
  ) -> Bool {
    guard result.elements.count == expected.count else { return false }
    return zip(result.elements, expected).allSatisfy { value, expected in
      if expected.isNaN { return value.isNaN }
      if expected.isInfinite { return Double(value) == expected }
      return abs(Double(value) - expected) <= max(4 * Double(Scalar(expected).ulp), absolute)
    }
  }

  @Test(arguments: try GoldenFolder.cases(of: "softmax"))
  func `Softmax and log-softmax agree with torch and the exact values along every axis`(
    _ golden: GoldenCase
  ) throws {
    let input = try golden.numbers("input")
    let single = try Tensor(shape: golden.shape, elements: input.map { Float($0) })
    let double = try Tensor(shape: golden.shape, elements: input)
    for result in try golden.list("results") {
      let axis = try #require(result.numbers("dim").first.map { Int($0) })
      for source in ["ref_f64", "torch_f32"] {
        let expected = try result.nested(source)
        #expect(
          try agrees(softmax(single, axis: axis), expected.numbers("softmax"), orWithin: 1e-6),
          "softmax, \(source), axis \(axis)")
        #expect(
          try agrees(logSoftmax(single, axis: axis), expected.numbers("log_softmax"), orWithin: 1e-6),
          "log-softmax, \(source), axis \(axis)")
      }
      let expected = try result.nested("ref_f64")
      #expect(try agrees(softmax(double, axis: axis), expected.numbers("softmax"), orWithin: 1e-13))
      #expect(try agrees(logSoftmax(double, axis: axis), expected.numbers("log_softmax"), orWithin: 1e-13))
    }
  }
}
