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
    let fresh = 1 - weight
    let (square, cube) = (weight * weight, weight * weight * weight)
    let fourth = square * square
    var place = places.lowerBound
    // Four at once: one after the other, each value would wait for the one before it.
    while place + 4 <= places.upperBound {
      let (a, b, c, d) = (values[place], values[place + 1], values[place + 2], values[place + 3])
      let together = a * cube + b * square + (c * weight + d)
      if together.isFinite {
        sum = sum * fourth + fresh * together
        mass = mass * fourth + (1 - fourth)
      } else {
        for value in [a, b, c, d] { add(value) }
      }
      place += 4
    }
    while place < places.upperBound {
      add(values[place])
      place += 1
    }
  }

  /// Points that still weigh something: all older ones together have less than one part in ten thousand of the weight.
  var memory: Int {
    weight > 0 ? Int((log(1e-4) / log(weight)).rounded(.up)) : 0
  }

  /// Index where averaging has to begin so that the average is right from `index` on.
  func begin(before index: Int) -> Int { max(0, index - memory) }

  /// Takes in the points from `start` up to `end`, only those that still count; returns `end`.
  mutating func advance(through end: Int, from start: Int, in branch: SeriesBranch) -> Int {
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
