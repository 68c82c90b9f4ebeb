internal import Curves
internal import RunLog

/// A state of the model that a trainer saved.
package struct SavedCheckpoint: Sendable, Hashable {
  package var step: Int
  /// Where it lies, as the log or the folder says it; hostile until made printable.
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

extension RunModel {
  /// Every checkpoint that the log or the run's folder tells of, in the order of the steps.
  package var checkpoints: [SavedCheckpoint] { course.checkpoints.values.sorted { $0.step < $1.step } }

  /// Takes in checkpoints that lie in the run's folder; what the log says of one stays.
  package mutating func note(_ checkpoints: [SavedCheckpoint]) {
    for checkpoint in checkpoints {
      let known = course.checkpoints[checkpoint.step]
      var merged = SavedCheckpoint(
        step: checkpoint.step, path: known?.path ?? checkpoint.path,
        isTrainersBest: known?.isTrainersBest == true || checkpoint.isTrainersBest)
      merged.row = max(known?.row ?? -1, checkpoint.row)
      course.checkpoints[checkpoint.step] = merged
    }
  }

  /// Marks the one checkpoint that the trainer's own measure calls the best.
  mutating func noteTrainersBest(_ best: RunFolderNews.TrainersBest?) {
    guard let best else { return }
    let name = best.path?.split(separator: "/").last
    course.checkpoints = course.checkpoints.mapValues { checkpoint in
      var checkpoint = checkpoint
      let isNamed = best.step == nil && checkpoint.path?.split(separator: "/").last == name
      checkpoint.isTrainersBest = best.step == checkpoint.step || isNamed
      return checkpoint
    }
  }

  /// `{"event":"checkpoint","step":120,"path":"out/checkpoint-120"}`, by the texts of the record that was taken in last.
  mutating func noteCheckpoint(in texts: ArraySlice<RecordText>, step: Int) {
    guard texts.contains(where: { $0.key == "event" && $0.text == "checkpoint" }) else { return }
    var checkpoint = SavedCheckpoint(step: step, path: texts.last { $0.key == "path" }?.text)
    checkpoint.row = rows.count - 1
    note([checkpoint])
  }
}
