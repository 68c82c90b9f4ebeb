internal import RunModel

/// What the page of samples shows of the samples.
package struct SamplesState: Sendable {
  /// First line shown of the list.
  var top = 0
  /// True where one sample has the page instead of the list.
  var isOpen = false
  /// First line shown of the bars.
  var scroll = 0
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
