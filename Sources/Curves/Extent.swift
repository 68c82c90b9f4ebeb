/// Smallest and largest finite value of some points, and which kinds of non-finite value lie among them.
package struct Extent: Sendable, Hashable {
  /// +∞ where there is no finite value.
  package private(set) var minimum = Double.infinity
  /// −∞ where there is no finite value.
  package private(set) var maximum = -Double.infinity
  package private(set) var nonfinite: NonfiniteKinds = []

  package init() {}

  package init(_ value: Double) { include(value) }

  /// The extent of values that are all finite.
  init(minimum: Double, maximum: Double) {
    self.minimum = minimum
    self.maximum = maximum
  }

  /// True where at least one point is finite.
  package var hasFinite: Bool { minimum <= maximum }

  package subscript(end: ExtentEnd) -> Double {
    switch end {
    case .lowest: minimum
    case .highest: maximum
    }
  }

  package mutating func include(_ value: Double) {
    if value.isFinite {
      minimum = Swift.min(minimum, value)
      maximum = Swift.max(maximum, value)
    } else {
      nonfinite.insert(NonfiniteKinds(value))
    }
  }

  package mutating func formUnion(_ other: Extent) {
    minimum = Swift.min(minimum, other.minimum)
    maximum = Swift.max(maximum, other.maximum)
    nonfinite.formUnion(other.nonfinite)
  }
}

/// One of the two ends of an extent.
package enum ExtentEnd: Sendable, Hashable {
  case lowest
  case highest
}

/// Kinds of non-finite value.
package struct NonfiniteKinds: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let nan = NonfiniteKinds(rawValue: 1)
  package static let positiveInfinity = NonfiniteKinds(rawValue: 2)
  package static let negativeInfinity = NonfiniteKinds(rawValue: 4)

  init(_ value: Double) {
    self = value.isNaN ? .nan : value > 0 ? .positiveInfinity : .negativeInfinity
  }
}
