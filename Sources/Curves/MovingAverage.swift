internal import RealModule

/// The debiased exponential moving average that TensorBoard draws: each value weighs `1 − weight`, the past `weight`,
/// divided by what the first values lack. Values that are not finite are passed over.
package struct MovingAverage: Sendable {
  /// 0 (no smoothing) … below 1.
  package let weight: Double
  private var sum = 0.0
  private var mass = 0.0

  package init(weight: Double) { self.weight = min(max(weight, 0), 0.9999) }

  /// The average so far; `nil` without smoothing or before any finite value.
  package var value: Double? { weight > 0 && mass > 0 ? sum / mass : nil }

  package mutating func add(_ next: Double) {
    guard next.isFinite else { return }
    sum = sum * weight + (1 - weight) * next
    mass = mass * weight + (1 - weight)
  }

  /// Takes in the values at `places`, in order.
  package mutating func add(_ values: ContiguousArray<Double>, at places: Range<Int>) {
    let weights = blockWeights
    let past = weights[0] * weight
    var place = places.lowerBound
    // Eight at once: one after the other, each value would wait for the one before it.
    while place + 8 <= places.upperBound {
      let block = SIMD8(
        values[place], values[place + 1], values[place + 2], values[place + 3], values[place + 4],
        values[place + 5],
        values[place + 6], values[place + 7])
      let fresh = (block * weights).sum()
      if fresh.isFinite {
        sum = sum * past + fresh * (1 - weight)
        mass = mass * past + (1 - past)
      } else {
        for index in block.indices { add(block[index]) }
      }
      place += 8
    }
    while place < places.upperBound {
      add(values[place])
      place += 1
    }
  }

  /// What eight values that follow each other weigh beside the last of them.
  private var blockWeights: SIMD8<Double> {
    var result = SIMD8<Double>(repeating: 1)
    for index in (0..<7).reversed() { result[index] = result[index + 1] * weight }
    return result
  }

  /// Points that still weigh something: all older ones together have less than one part in ten thousand of the weight.
  var memory: Int {
    weight > 0 ? Int((Double.log(1e-4) / Double.log(weight)).rounded(.up)) : 0
  }

  /// Index where averaging has to begin so that the average is right from `index` on.
  package func begin(before index: Int) -> Int { max(0, index - memory) }

  /// Takes in the points from `start` up to `end`, only those that still count; returns `end`.
  package mutating func advance(through end: Int, from start: Int, in branch: SeriesBranch) -> Int {
    guard weight > 0 else { return end }
    let first = max(start, end - memory)
    if first > start {
      sum = 0
      mass = 0
    }
    branch.forEachChunk(in: first..<end) { add($0, at: $1) }
    return end
  }
}
