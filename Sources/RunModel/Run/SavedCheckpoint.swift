internal import RunLog

/// A state of the model that a trainer saved.
package struct SavedCheckpoint: Sendable, Hashable {
  package var step: Int
  /// Where it lies, as the log or the folder says it; hostile until made printable.
  package var path: String?
  /// True where the trainer's own measure calls it the best.
  package var isTrainersBest: Bool

  package init(step: Int, path: String? = nil, isTrainersBest: Bool = false) {
    self.step = step
    self.path = path
    self.isTrainersBest = isTrainersBest
  }
}

extension RunModel {
  /// Every checkpoint that the log or the run's folder tells of, in the order of the steps.
  package var checkpoints: [SavedCheckpoint] { savedCheckpoints.values.sorted { $0.step < $1.step } }

  /// Takes in checkpoints that lie in the run's folder; what the log says of one stays.
  package mutating func note(_ checkpoints: [SavedCheckpoint]) {
    for checkpoint in checkpoints {
      let known = savedCheckpoints[checkpoint.step]
      savedCheckpoints[checkpoint.step] = SavedCheckpoint(
        step: checkpoint.step, path: known?.path ?? checkpoint.path,
        isTrainersBest: known?.isTrainersBest == true || checkpoint.isTrainersBest)
    }
  }

  /// `{"event":"checkpoint","step":120,"path":"out/checkpoint-120"}`.
  mutating func noteCheckpoints(of batch: RecordBatch) {
    var path: (record: Int, text: String)?
    var isCheckpoint: Int?
    for text in batch.texts {
      switch text.key {
      case "path": path = (text.record, text.text)
      case "event" where text.text == "checkpoint": isCheckpoint = text.record
      default: continue
      }
      guard let record = isCheckpoint, record == text.record, batch.records.indices.contains(record) else {
        continue
      }
      note([
        SavedCheckpoint(
          step: batch.records[record].step, path: path?.record == record ? path?.text : nil)
      ])
    }
  }
}
