internal import RunLog

/// How a training goes on beside its metrics: how far it is, what it saved, how it ended.
struct TrainingCourse: Sendable {
  /// What the trainer last said itself.
  var statedProgress: TrainingProgress?
  /// Steps that a state of the trainer in the run's folder plans.
  var plannedSteps: Int?
  /// By step.
  var checkpoints: [Int: SavedCheckpoint] = [:]
  /// How the training ended; `nil` while its log does not say so.
  var end: RunEnd?
  /// What became of the process that kltop started for it.
  var process: RunFolderNews.EndedProcess?
  /// What its tracker notes of its end, beside the log.
  var noted: TrainingEnd?
  /// How long its writer is silent between records, by the times in the log.
  var gaps = WritingGaps()
  /// When one of its logs was last written to, seconds since 1970; `nil` where nobody looked.
  var lastWritten: Double?
  /// What lies beside its logs.
  var surroundings = RunSurroundings()
}
