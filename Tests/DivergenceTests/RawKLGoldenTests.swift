import Divergence
import Foundation
import Testing

@Suite struct RawKLGoldenTests {
  @Test(arguments: try GoldenFolder.cases(of: "rawkl"), [false, true])
  func `klDiv is torch's, element by element and reduced`(_ golden: GoldenCase, logTarget: Bool) throws {
    let input = try Tensor(shape: golden.shape, elements: golden.numbers("input").map { Float($0) })
    let target = try Tensor(shape: golden.shape, elements: golden.numbers("target").map { Float($0) })
    let torch = try golden.nested("torch_f32")
    let suffix = "log_target=\(logTarget ? "True" : "False")"

    let terms = try klDiv(input: input, target: target, reduction: .none, logTarget: logTarget)
    let expectedTerms = try torch.numbers("none," + suffix)
    #expect(terms.shape == input.shape)
    try #require(terms.elements.count == expectedTerms.count)
    for index in terms.elements.indices {
      let scale = scale(input: input.elements[index], target: target.elements[index], logTarget)
      #expect(
        isNear(terms.elements[index], expectedTerms[index], within: 2 * Double(scale.ulp)), "element \(index)"
      )
    }

    let absoluteSum = expectedTerms.map(abs).reduce(0, +)
    let shape = try golden.shape
    let divisors: [(Reduction, Int)] = [
      (.sum, 1), (.mean, expectedTerms.count), (.batchmean, shape.first ?? 1),
    ]
    for (reduction, divisor) in divisors {
      let result = try klDiv(input: input, target: target, reduction: reduction, logTarget: logTarget)
      let expected = try torch.numbers("\(reduction)," + suffix)
      #expect(result.shape == [] && expected.count == 1)
      #expect(
        isNear(result.elements[0], expected[0], within: 1e-6 * absoluteSum / Double(divisor)), "\(reduction)")
    }
  }

  /// The larger of the two products whose difference an element is.
  private func scale(input: Float, target: Float, _ logTarget: Bool) -> Float {
    let probability = logTarget ? target.exponential : target
    let logarithm = logTarget ? target : target.naturalLogarithm
    let products = [probability * logarithm, probability * input].map(abs).filter(\.isFinite)
    return products.max() ?? 0
  }

  private func isNear(_ value: Float, _ expected: Double, within tolerance: Double) -> Bool {
    if expected.isNaN { return value.isNaN }
    if expected.isInfinite { return Double(value) == expected }
    return abs(Double(value) - expected) <= tolerance
  }
}

extension Float {
  fileprivate var exponential: Float { Float(exp(Double(self))) }
  fileprivate var naturalLogarithm: Float { Float(log(Double(self))) }
}
