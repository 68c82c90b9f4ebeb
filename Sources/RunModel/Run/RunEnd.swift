internal import Curves
package import RunLog

/// How a training ended, as its log says.
package struct RunEnd: Sendable, Hashable {
  /// As the log says it, such as `finished` or `failed`.
  package var status: String
  /// Why, where it says more: the type of an exception.
  package var reason: String?
  /// Row of the run's `RowTable` that says so.
  var row: Int

  /// Words for an end that nobody wanted.
  private static let failures = ["fail", "error", "crash", "kill", "interrupt", "abort", "exception"]

  /// True for an end before the training was done.
  package var isFailure: Bool {
    let said = status.lowercased()
    return Self.failures.contains { said.contains($0) }
  }
}

extension RunEnd {
  /// As a tracker noted it.
  init(_ noted: TrainingEnd, row: Int) {
    self.init(status: noted.status, reason: noted.reason, row: row)
  }
}

/// What lies in a run's folder beside its logs.
package struct RunFolderNews: Sendable, Hashable {
  package var checkpoints: [SavedCheckpoint] = []
  /// The checkpoint that the trainer's own measure calls the best: its step, else the last part of its path.
  package var trainersBest: TrainersBest?
  /// What the newest state of the trainer says.
  package var progress: TrainingProgress?
  /// When one of the logs was last written to, seconds since 1970.
  package var lastWritten: Double?

  /// Configuration and output of the training.
  package var surroundings = RunSurroundings()

  /// What became of the process that `kltop run` started; `nil` while it runs, and where kltop did not start it.
  package var process: EndedProcess?

  /// How the run ended, as its tracker notes beside the log.
  package var end: TrainingEnd?

  package struct EndedProcess: Sendable, Hashable {
    /// Its exit status, 128 and the signal's number where one ended it.
    package var status: Int
    /// Seconds since 1970.
    package var time: Double

    package init(status: Int, time: Double) {
      self.status = status
      self.time = time
    }
  }

  package struct TrainersBest: Sendable, Hashable {
    package var step: Int?
    package var path: String?

    package init(step: Int?, path: String?) {
      self.step = step
      self.path = path
    }
  }

  package init() {}
}
