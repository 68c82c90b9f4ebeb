/// A moment of a run's past: when it had reached a step on the branch it is on now, and had not gone beyond.
///
/// A record that came later is not known yet, even if it is about an earlier step: a late evaluation.
package struct RunMoment: Sendable, Hashable {
  /// Nothing that is known is about a later step of the present branch.
  package var step: Int
  /// The rows of the run's `RowTable` that had come.
  package var rows: Int

  package init(step: Int, rows: Int) {
    self.step = step
    self.rows = rows
  }
}
