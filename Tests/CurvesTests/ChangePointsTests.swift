import RealModule
import TestSupport
import Testing

@testable import Curves

struct ChangePointsTests {
  @Test(arguments: [24, 40, 64, 200, 512])
  func `Noise has no jumps`(count: Int) {
    for seed in 0..<60 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      #expect(ChangePoints.all(in: (0..<count).map { _ in random.normal() }) == [], "seed \(seed)")
    }
  }

  @Test(arguments: [0.0, 0.02], [30, 64, 200, 512])
  func `Smooth decays and rises have no jumps`(noise: Double, count: Int) {
    for seed in 0..<40 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let rate = Double.random(in: 2...60, using: &random) / Double(count)
      let middle = Double.random(in: 0.2...0.8, using: &random) * Double(count)
      let decay = (0..<count).map { 3 * Double.exp(-rate * Double($0)) + noise * random.normal() }
      let rise = (0..<count).map { place in
        1 / (1 + Double.exp(-(Double(place) - middle) / max(2, Double(count) / 20))) + noise * random.normal()
      }
      #expect(ChangePoints.all(in: decay) == [], "seed \(seed)")
      #expect(ChangePoints.all(in: rise) == [], "seed \(seed)")
    }
  }

  @Test(arguments: [2.0, -2.0])
  func `A jump is found where it is, with its size`(size: Double) throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let place = Int.random(in: 20..<44, using: &random)
      let values = (0..<64).map {
        1.5 * Double.exp(-Double($0) / 12) + 0.1 * random.normal() + ($0 >= place ? size : 0)
      }
      let found = ChangePoints.all(in: values)
      #expect(found.count == 1, "seed \(seed)")
      let jump = try #require(found.first)
      #expect(abs(jump.index - place) <= 1, "seed \(seed)")
      #expect(abs(jump.size - size) < 0.5, "seed \(seed)")
    }
  }

  @Test func `A jump of a fifth of the range is found nine times in ten`() {
    var random = SplitMix64(seed: 21)
    var found = 0
    for _ in 0..<500 {
      let place = Int.random(in: 12..<52, using: &random)
      let values = (0..<64).map { index in
        Double.exp(-Double(index) / 12) + (index >= place ? 0.2 : 0) + 0.01 * random.normal()
      }
      if ChangePoints.all(in: values).contains(where: { abs($0.index - place) <= 1 }) { found += 1 }
    }
    #expect(found >= 450)
  }

  /// Curves without a jump.
  enum Smooth: CaseIterable {
    case white, correlated, walk, decay, sigmoid, ramp, wave

    func values(_ count: Int, _ random: inout SplitMix64) -> [Double] {
      let noise = [0, 0.002, 0.02, 0.1][Int.random(in: 0..<4, using: &random)]
      let rate = Double.random(in: 2...60, using: &random) / Double(count)
      let middle = Double.random(in: 0.2...0.8, using: &random) * Double(count)
      let width = Double.random(in: 4...30, using: &random)
      var state = 0.0
      return (0..<count).map { index in
        let (x, error) = (Double(index), random.normal())
        switch self {
        case .white: return error
        case .correlated:
          state = 0.9 * state + error
          return state
        case .walk:
          state += error
          return state
        case .decay: return 3 * Double.exp(-rate * x) + noise * error
        case .sigmoid: return 1 / (1 + Double.exp((middle - x) / max(2, width / 3))) + noise * error
        case .ramp: return min(1, max(0, (x - middle) / width)) + noise * error
        case .wave: return Double.cos(x / Double(count) * 3.14159 * width / 5) + noise * error
        }
      }
    }
  }

  @Test(arguments: Smooth.allCases)
  func `Of curves without a jump fewer than five in a thousand have one`(kind: Smooth) {
    var random = SplitMix64(seed: 22)
    var (found, runs) = (0, 0)
    for count in [24, 40, 64, 200, 512] {
      for _ in 0..<300 {
        runs += 1
        if !ChangePoints.all(in: kind.values(count, &random)).isEmpty { found += 1 }
      }
    }
    #expect(Double(found) <= 0.005 * Double(runs))
  }

  @Test func `A spike is no jump, and short or broken series have none`() {
    var spike = Array(repeating: 1.0, count: 64)
    spike[30] = 9
    #expect(ChangePoints.all(in: spike) == [])
    #expect(ChangePoints.all(in: Array(repeating: 0, count: 10) + Array(repeating: 1, count: 10)) == [])
    #expect(ChangePoints.all(in: Array(repeating: .nan, count: 64)) == [])
    #expect(ChangePoints.all(in: Array(repeating: 2, count: 64)) == [])
  }
}
