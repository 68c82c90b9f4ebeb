import RunLog
import TestSupport

@testable import Curves
@testable import Reports
@testable import RunModel

/// A run that is followed in a fake file system, and what the model makes of it.
struct RunReading: ~Copyable {
  let files: FakeFileSystem
  private(set) var run: RunModel
  private var follower: RunFollower
  private var comparer = RunComparer()

  /// - Parameter readsOnce: whenever nothing is new, what is undecided is decided as at the end of a log.
  init(
    _ path: String = "/run", files: FakeFileSystem = FakeFileSystem(), dialect: Dialect? = nil,
    readsOnce: Bool = true
  ) {
    self.files = files
    run = RunModel(path: path)
    follower = RunFollower(path: path, dialect: dialect, fileSystem: files, readsOnce: readsOnce)
  }

  /// Reads until nothing is new.
  mutating func readOn(limit: ReadLimit = ReadLimit()) {
    repeat {
      run.apply(comparer.measure(follower.nextBatch(limit: limit)))
    } while follower.hasMore || run.status.source == .reading
  }

  var summary: RunSummary { RunSummary(run) }

  /// Values of a shown series by step.
  func values(_ key: String) -> [Int: Double] {
    guard let series = run.series(named: key) else { return [:] }
    return Dictionary(
      (0..<series.count).map { (series.current.step($0, rows: run.rows), series.current.value($0)) },
      uniquingKeysWith: { $1 })
  }
}

/// Text of a `trainer_state.json` with a row for each step.
func trainerState(_ rows: [(step: Int, numbers: KeyValuePairs<String, Double>)]) -> String {
  let history = rows.map { row in
    "{" + (row.numbers.map { "\"\($0)\": \($1)" } + ["\"step\": \(row.step)"]).joined(separator: ", ") + "}"
  }
  return "{\n  \"epoch\": 1.0,\n  \"log_history\": [\n" + history.joined(separator: ",\n") + "\n]\n}\n"
}
