package import FileAccess

/// A run in a file store of mlflow: a folder with `meta.yaml` and `metrics/`, in which each file is a metric.
///
/// Format: `mlflow/store/tracking/file_store.py`. A metric's key may have slashes: then it lies in sub-folders.
package struct MlflowRun: Sendable, Hashable {
  /// The folder with the metrics.
  package let metricsDirectory: String
  /// Key of the only metric that counts, where a path named one.
  let onlyKey: String?

  /// A file of one metric.
  package struct MetricFile: Sendable, Hashable {
    package var path: String
    /// As it was logged, with `/` between folders.
    package var key: String
  }

  private static let metricsName = "metrics"
  /// Folders below `metrics` that a key may name.
  private static let deepest = 16

  /// The run that a path means: its folder, its folder of metrics, or one of its metrics; `nil` for all else.
  package init?(_ path: String, in fileSystem: any LogFileSystem) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let kind = try? fileSystem.status(of: path).kind else { return nil }
    if kind == .directory {
      let candidates = [PathText.joined(path, Self.metricsName), path]
      guard let metrics = candidates.first(where: { Self.isMetrics($0, fileSystem) }) else { return nil }
      self.init(metrics: metrics, onlyKey: nil)
    } else {
      guard let (metrics, key) = Self.folder(of: path, fileSystem) else { return nil }
      self.init(metrics: metrics, onlyKey: key)
    }
  }

  private init(metrics: String, onlyKey: String?) {
    metricsDirectory = metrics
    self.onlyKey = onlyKey
  }

  /// The folder of metrics that a file is in, and the file's key.
  private static func folder(of path: String, _ fileSystem: any LogFileSystem) -> (String, String)? {
    var directory = PathText.parent(of: path)
    for _ in 0...deepest where directory != "." && directory != "/" {
      if isMetrics(directory, fileSystem) {
        return (directory, String(path.dropFirst(directory.count + 1)))
      }
      directory = PathText.parent(of: directory)
    }
    return nil
  }

  private static func isMetrics(_ directory: String, _ fileSystem: any LogFileSystem) -> Bool {
    let run = PathText.parent(of: directory)
    guard directory == metricsName || directory.hasSuffix("/" + metricsName),
      let kind = try? fileSystem.status(of: directory).kind, kind == .directory,
      let names = try? fileSystem.entries(of: run)
    else { return false }
    return names.contains("meta.yaml")
  }

  /// Every metric that is there now, sorted by key.
  ///
  /// - Throws: `missing` where the folder is gone.
  package func files(in fileSystem: any LogFileSystem) throws(FileProblem) -> [MetricFile] {
    var files: [MetricFile] = []
    try Self.collect(metricsDirectory, key: "", depth: 0, fileSystem, into: &files)
    if let onlyKey { files.removeAll { $0.key != onlyKey } }
    return files.sorted { $0.key < $1.key }
  }

  private static func collect(
    _ directory: String, key: String, depth: Int, _ fileSystem: any LogFileSystem,
    into files: inout [MetricFile]
  ) throws(FileProblem) {
    guard depth <= deepest else { return }
    for name in try fileSystem.entries(of: directory) where isUsable(name) {
      let path = PathText.joined(directory, name)
      switch try? fileSystem.status(of: path).kind {
      case .file: files.append(MetricFile(path: path, key: key + name))
      case .directory:
        try? collect(path, key: key + name + "/", depth: depth + 1, fileSystem, into: &files)
      case .pipe, nil: break
      }
    }
  }

  /// How a run ended, by its status as a database (`FAILED`) or `meta.yaml` (`4`) has it; `nil` while it runs.
  static func end(status: String, milliseconds: Double?) -> TrainingEnd? {
    let time = milliseconds.flatMap { $0 > 0 ? $0 / 1000 : nil }
    return switch status {
    case "FINISHED", "3": TrainingEnd(status: "finished", time: time)
    case "FAILED", "4": TrainingEnd(status: "failed", reason: "as mlflow notes", time: time)
    case "KILLED", "5": TrainingEnd(status: "killed", reason: "as mlflow notes", time: time)
    default: nil
    }
  }

  /// By the `meta.yaml` of the run, of which these are the pairs.
  package static func end(meta: [String: String]) -> TrainingEnd? {
    meta["status"].flatMap { end(status: $0, milliseconds: meta["end_time"].flatMap { Double($0) }) }
  }

  /// The file beside the folder of metrics that says how the run stands.
  package var metaPath: String { PathText.joined(PathText.parent(of: metricsDirectory), "meta.yaml") }

  /// mlflow allows no control characters in keys, and they would break a line.
  private static func isUsable(_ name: String) -> Bool {
    !name.hasPrefix(".") && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
