import Curves
package import Reports
package import RunLog
package import RunModel
package import TestSupport

/// A run that is followed in a fake file system, and what the model makes of it.
package struct RunReading: ~Copyable {
  package let files: FakeFileSystem
  package private(set) var run: RunModel
  private var follower: RunFollower
  private var comparer = RunComparer()

  /// - Parameter readsOnce: whenever nothing is new, what is undecided is decided as at the end of a log.
  package init(
    _ path: String = "/run", files: FakeFileSystem = FakeFileSystem(), dialect: Dialect? = nil,
    readsOnce: Bool = true
  ) {
    self.files = files
    run = RunModel(path: path)
    follower = RunFollower(path: path, dialect: dialect, fileSystem: files, readsOnce: readsOnce)
  }

  /// Reads until nothing is new.
  package mutating func readOn(limit: ReadLimit = ReadLimit()) {
    repeat {
      run.apply(comparer.measure(follower.nextBatch(limit: limit)))
    } while follower.hasMore || run.status.source == .reading
  }

  package var summary: RunSummary { RunSummary(run) }

  /// Values of a shown series by step.
  package func values(_ key: String) -> [Int: Double] {
    guard let series = run.series(named: key) else { return [:] }
    return Dictionary(
      (0..<series.count).map { (series.current.step($0, rows: run.rows), series.current.value($0)) },
      uniquingKeysWith: { $1 })
  }
}

/// Text of a `trainer_state.json` with a row for each step.
package func trainerState(_ rows: [(step: Int, numbers: KeyValuePairs<String, Double>)]) -> String {
  let history = rows.map { row in
    "{" + (row.numbers.map { "\"\($0)\": \($1)" } + ["\"step\": \(row.step)"]).joined(separator: ", ") + "}"
  }
  return "{\n  \"epoch\": 1.0,\n  \"log_history\": [\n" + history.joined(separator: ",\n") + "\n]\n}\n"
}
