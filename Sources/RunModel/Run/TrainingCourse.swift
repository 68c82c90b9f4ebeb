internal import Curves
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

/// How long the writer of a run is silent between two records.
package struct WritingGaps: Sendable, Hashable {
  /// When it last wrote, seconds since 1970.
  package private(set) var last: Double?
  /// The longest silence between two records, seconds.
  package private(set) var longest = 0.0
  /// The last ones, in a ring.
  private var recent: [Double] = []
  private var next = 0

  /// Silences that the median is of.
  private static let kept = 255

  package init() {}

  /// Takes note of a record written at a time; one that is not later than the last one says nothing.
  package mutating func note(time: Double) {
    guard time.isFinite, time > last ?? -.infinity else { return }
    if let last { add(time - last) }
    last = time
  }

  /// What comes next is written by another process: the pause before it is no silence.
  package mutating func pause() { last = nil }

  private mutating func add(_ gap: Double) {
    longest = max(longest, gap)
    if recent.count < Self.kept {
      recent.append(gap)
    } else {
      recent[next] = gap
      next = (next + 1) % Self.kept
    }
  }

  /// The median of the last silences, seconds; `nil` before there is one.
  package var median: Double? {
    let sorted = recent.sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
