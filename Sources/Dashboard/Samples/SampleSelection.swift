package import RunModel

/// Which sample is looked at, and through which filter and in which order samples are gone through: the same on every
/// page.
package struct SampleSelection: Sendable {
  /// `nil` follows the first sample of the order.
  package var key: SampleKey?
  /// Index among the sample's counted rows; `nil` follows the row with the largest divergence.
  package var row: Int?
  var order = SampleOrder()
  var filter = SampleFilter()

  /// Looks at a sample, at the row of it that is furthest apart.
  mutating func choose(_ key: SampleKey?) { (self.key, row) = (key, nil) }

  /// Goes through the samples by another order, from its first one.
  mutating func sort(by order: SampleOrder) {
    self.order = order
    choose(nil)
  }
}
