/// Mean and spread of values that come one by one or in groups (Welford; Chan, Golub and LeVeque for groups).
package struct RunningMoments: Sendable, Hashable {
  package private(set) var count = 0
  /// NaN before there is a value, and where a value is NaN.
  package private(set) var mean = Double.nan
  /// Sum of squared distances from the mean.
  private var squares = 0.0

  package init() {}

  package mutating func add(_ value: Double) {
    var single = RunningMoments()
    single.count = 1
    single.mean = value
    merge(single)
  }

  package mutating func merge(_ other: RunningMoments) {
    guard other.count > 0 else { return }
    guard count > 0 else { return self = other }
    let both = Double(count + other.count)
    let distance = other.mean - mean
    let share = Double(other.count) / both
    squares += other.squares + distance * distance * Double(count) * share
    mean += distance * share
    count += other.count
  }

  /// √((E[x²] − E[x]²)/(n − 1)); `nil` for fewer than two values.
  package var standardError: Double? {
    guard count > 1 else { return nil }
    return (squares / Double(count) / Double(count - 1)).squareRoot()
  }
}
