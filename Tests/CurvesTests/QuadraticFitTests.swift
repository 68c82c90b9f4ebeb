import TestSupport
import Testing

@testable import Curves

/// Against numpy's `polyfit`.
struct QuadraticFitTests {
  private static let x = [0, 0.1, 0.25, 0.6, 1.2, 2.0, 3.5]
  private static let y = [0, 0.5, 1.4, 3, 7.5, 11, 22.0]

  private func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * abs(expected)
  }

  @Test func `Coefficients and R² are numpy's`() throws {
    let fit = try #require(QuadraticFit(x: Self.x, y: Self.y))
    #expect(fit.count == 7)
    #expect(isNear(fit.coefficients.constant, 0.04405840960175035, 1e-10))
    #expect(isNear(fit.coefficients.linear, 5.166475095821822, 1e-12))
    #expect(isNear(fit.coefficients.square, 0.30724550419372465, 1e-12))
    #expect(isNear(fit.rSquared ?? 0, 0.9970523676841181, 1e-13))
  }

  @Test func `Points with noise fit as numpy fits them`() throws {
    let x = [2.754, 3.541, 1.455, 2.554, 4.465, 4.481, 0.628, 1.036, 0.257, 2.204, 0.149, 2.284]
    let y = [
      1.6852, 1.4812, 2.103, 2.3745, -0.074, -0.195, 1.1008, 1.3226, 0.907, 1.8835, 0.3074, 2.055,
    ]
    let fit = try #require(QuadraticFit(x: x, y: y))
    #expect(isNear(fit.coefficients.constant, 0.2013623135355873, 1e-11))
    #expect(isNear(fit.coefficients.linear, 1.7538076447765458, 1e-12))
    #expect(isNear(fit.coefficients.square, -0.40701221974809293, 1e-12))
    #expect(isNear(fit.rSquared ?? 0, 0.9407704022207467, 1e-13))
  }

  @Test(arguments: [(1e6, 1.0), (0, 1e-8), (-4e7, 1e3)])
  func `Far away and tiny x lose nothing`(offset: Double, scale: Double) throws {
    let plain = try #require(QuadraticFit(x: Self.x, y: Self.y))
    let moved = try #require(QuadraticFit(x: Self.x.map { offset + $0 * scale }, y: Self.y))
    #expect(isNear(moved.rSquared ?? 0, plain.rSquared ?? 1, 1e-7))
    for x in Self.x { #expect(abs(moved.value(at: offset + x * scale) - plain.value(at: x)) < 1e-6) }
  }

  @Test func `Fewer than five points, or fewer than three places, have no fit`() {
    #expect(QuadraticFit(x: [1, 2, 3, 4], y: [1, 4, 9, 16]) == nil)
    #expect(QuadraticFit(x: [1, 1, 2, 2, 2], y: [1, 2, 3, 4, 5]) == nil)
    #expect(QuadraticFit(x: [1, 2, 3, 4, .nan, 6], y: [1, 4, 9, 16, 25, .infinity]) == nil)
    #expect(QuadraticFit(x: [1, 2, 3, 4, 5, .nan], y: [1, 4, 9, 16, 25, 0])?.count == 5)
  }

  @Test func `Where nothing varies there is no R²`() throws {
    let fit = try #require(QuadraticFit(x: [1, 2, 3, 4, 5], y: [2, 2, 2, 2, 2]))
    #expect(fit.rSquared == nil)
    #expect(abs(fit.value(at: 3.5) - 2) < 1e-12)
  }

  @Test func `Random parabolas come back`() throws {
    var random = SplitMix64(seed: 4)
    for _ in 0..<200 {
      let (a, b, c) = (random.normal(), random.normal(), random.normal())
      let x = (0..<12).map { _ in 10 * random.normal() }
      let fit = try #require(QuadraticFit(x: x, y: x.map { a + b * $0 + c * $0 * $0 }))
      #expect(abs(fit.value(at: 1) - (a + b + c)) < 1e-9)
      #expect((fit.rSquared ?? 0) > 1 - 1e-9)
    }
  }
}
