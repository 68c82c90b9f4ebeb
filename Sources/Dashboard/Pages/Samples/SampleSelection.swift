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

/// What the page of samples shows of the samples.
package struct SamplesState: Sendable {
  /// First line shown of the list.
  var top = 0
  /// True where one sample has the page instead of the list.
  var isOpen = false
  /// First line shown of the bars.
  var scroll = 0
  /// Bars of every entry, not only of those of 1 % or more.
  var showsAll = false
  /// What was asked for before the run was read.
  var request: SampleRequest?
}

/// What somebody asked to see before the run was read: a sample by its name, a step.
struct SampleRequest: Sendable, Hashable {
  /// `nil` for the list of all.
  var name: String?
  /// `nil` for the last one.
  var step: Int?
}
