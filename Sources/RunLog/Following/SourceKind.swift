/// Kinds of logs that lie in the directory of a run, told by their names; what they are is told by their content.
package enum SourceKind: Sendable, Hashable, CaseIterable {
  /// `metrics.jsonl` or `log.jsonl`.
  case usualLog
  /// `trainer_log.jsonl` of LLaMA-Factory.
  case trainerLog
  /// `trainer_state.json`, of the whole run or of its newest checkpoint.
  case trainerState
  /// TensorBoard's event files of one folder.
  case eventFiles
  /// The `.wandb` file of the newest launch.
  case wandb
  /// `metrics.csv` of the newest version.
  case lightningCSV
  /// `log_….txt` of torchtune, one for each launch.
  case torchtune
  /// `results_….json` of the lm-evaluation-harness, one for each evaluation.
  case evaluationResults
  /// A run in a file store of mlflow: a folder.
  case mlflow
  /// A `.jsonl` of any other name: it may as well be the data that a run is trained on, so it counts only alone.
  case oddLog

  /// Names of a log in its directory, the likeliest first.
  static let usualNames = ["metrics.jsonl", "log.jsonl"]

  /// True where a file of this name is of this kind.
  func matches(_ name: String) -> Bool {
    switch self {
    case .usualLog: Self.usualNames.contains(name)
    case .trainerLog: name == "trainer_log.jsonl"
    case .trainerState: name == "trainer_state.json"
    case .eventFiles: name.hasPrefix("events.out.tfevents.")
    case .wandb: name.hasSuffix(".wandb")
    case .lightningCSV: name == "metrics.csv"
    case .torchtune: name.hasPrefix("log_") && name.hasSuffix(".txt")
    case .evaluationResults: name.hasPrefix("results_") && name.hasSuffix(".json")
    case .mlflow: false
    case .oddLog: name.hasSuffix(".jsonl") && !Self.usualNames.contains(name) && name != "trainer_log.jsonl"
    }
  }

  /// Dialects that a file of this kind may be in.
  func mayBe(_ dialect: Dialect) -> Bool {
    switch self {
    case .usualLog, .oddLog: dialect != .mlflow && !FramedDialect.all.contains { $0.dialect == dialect }
    case .trainerLog: dialect == .llamaFactory
    case .trainerState: dialect == .trainerState
    case .eventFiles: dialect == .tensorBoard
    case .wandb: dialect == .wandb
    case .lightningCSV: dialect == .lightningCSV
    case .torchtune: dialect == .torchtune
    case .evaluationResults: dialect == .evaluationHarness
    case .mlflow: dialect == .mlflow
    }
  }
}

/// One source of a run as its directory shows it.
package struct FoundSource: Sendable, Hashable {
  package var kind: SourceKind
  /// Its files in the order in which they continue each other; at least one.
  package var files: [String]
}
