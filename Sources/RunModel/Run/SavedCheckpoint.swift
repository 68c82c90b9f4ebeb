internal import Curves
internal import RunLog

/// A state of the model that a trainer saved.
package struct SavedCheckpoint: Sendable, Hashable {
  package var step: Int
  /// Where it lies, as the log or the folder says it.
  package var path: String?
  /// True where the trainer's own measure calls it the best.
  package var isTrainersBest: Bool
  /// Row of the run's `RowTable` that tells of it; −1 for one that only lies in a folder.
  var row = -1

  package init(step: Int, path: String? = nil, isTrainersBest: Bool = false) {
    self.step = step
    self.path = path
    self.isTrainersBest = isTrainersBest
  }
}
