/// Finds the logs that trainers leave in their output directory.
///
/// A directory may hold several of one run; the first kind of the list says most.
struct DirectorySearch {
  private let fileSystem: any LogFileSystem

  /// Kinds of files, the richest first; of several of a kind the last name counts, which is the newest.
  private static let kinds: [@Sendable (String) -> Bool] = [
    { $0 == "trainer_log.jsonl" },
    { $0 == "trainer_state.json" },
    { $0.hasPrefix("events.out.tfevents.") },
    { $0.hasSuffix(".wandb") },
    { $0 == "metrics.csv" },
    { $0.hasPrefix("log_") && $0.hasSuffix(".txt") },
  ]

  /// Directories in which the log is, where it is not in the directory itself; of several of a kind the one with the
  /// highest number at its end, or the last name, counts.
  private static let places: [@Sendable (String) -> Bool] = [
    { $0.hasPrefix("checkpoint-") && Self.number(atEndOf: $0) != nil },
    { $0.hasPrefix("version_") && Self.number(atEndOf: $0) != nil },
    { ["tb", "tensorboard", "tb_logs", "tb_runs", "runs", "csv", "lightning_logs"].contains($0) },
    { $0 == "wandb" },
    { $0.hasPrefix("offline-run-") || $0.hasPrefix("run-") },
  ]

  /// `output/runs/DATE_HOST/events…` and `output/wandb/run-…/run-….wandb` are the deepest.
  private static let deepest = 2

  init(_ fileSystem: any LogFileSystem) {
    self.fileSystem = fileSystem
  }

  /// Path of the richest log in a directory with some entries, `nil` where there is none.
  func richest(in directory: String, _ names: [String]) -> String? {
    richest(in: directory, names, depth: 0)
  }

  private func richest(in directory: String, _ names: [String], depth: Int) -> String? {
    for isOfKind in Self.kinds {
      guard let name = names.last(where: isOfKind) else { continue }
      let path = RunLocation.joined(directory, name)
      if kind(of: path) == .file { return path }
    }
    guard depth < Self.deepest else { return nil }
    let isInRuns = depth > 0 && directory.hasSuffix("runs")
    for isPlace in Self.places + (isInRuns ? [{ @Sendable _ in true }] : []) {
      let newest = names.filter(isPlace).max { Self.order($0) < Self.order($1) }
      guard let newest else { continue }
      let path = RunLocation.joined(directory, newest)
      guard kind(of: path) == .directory, let inside = try? fileSystem.entries(of: path) else { continue }
      let visible = inside.filter { !$0.hasPrefix(".") }.sorted()
      if let found = richest(in: path, visible, depth: depth + 1) { return found }
    }
    return nil
  }

  private func kind(of path: String) -> FileStatus.Kind? { try? fileSystem.status(of: path).kind }

  private static func order(_ name: String) -> (Int, String) { (number(atEndOf: name) ?? -1, name) }

  private static func number(atEndOf name: String) -> Int? {
    name.lastIndex(where: { $0 == "-" || $0 == "_" }).flatMap { Int(name[name.index(after: $0)...]) }
  }
}
