package import FileAccess

/// A database in which a tracker keeps the metrics of many runs: `mlflow.db`, or a project of trackio.
///
/// Its path with the name or the id of a run behind it, `mlflow.db/bold-fox-12`, is that run.
package struct TrackingStore: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case mlflow, trackio

    /// Columns of its table of metrics.
    fileprivate var columns: Set<String> {
      switch self {
      case .mlflow: ["run_uuid", "key", "value", "timestamp", "step", "is_nan"]
      case .trackio: ["run_name", "metrics", "step", "timestamp"]
      }
    }
  }

  /// A run of the store.
  package struct Run: Sendable, Hashable {
    package var id: String
    package var name: String
    /// Start, or last change, nanoseconds since 1970.
    package var modified: Int64
  }

  package let path: String
  package let kind: Kind
  /// Runs of trackio have ids of their own.
  let hasRunIDs: Bool

  /// Runs that are listed, the newest.
  private static let mostRuns = 10_000

  /// The store at a path; `nil` for everything else.
  package init?(_ path: String, in fileSystem: any LogFileSystem) {
    guard let status = try? fileSystem.status(of: path), SQLiteFile.isDatabase(path, status, in: fileSystem),
      let file = try? SQLiteFile(path, in: fileSystem)
    else { return nil }
    let columns = file.columns(of: "metrics")
    guard let kind = [Kind.mlflow, .trackio].first(where: { $0.columns.isSubset(of: columns) }) else {
      return nil
    }
    self.path = path
    self.kind = kind
    hasRunIDs = columns.contains("run_id")
  }

  /// The store that a path names, and the run in it that the path names, if it names one.
  static func find(_ path: String, in fileSystem: any LogFileSystem) -> (store: TrackingStore, run: String?)?
  {
    if let store = TrackingStore(path, in: fileSystem) { return (store, nil) }
    let parent = PathText.parent(of: path)
    guard parent != path, parent != ".", parent != "/", (try? fileSystem.status(of: parent).kind) == .file,
      let store = TrackingStore(parent, in: fileSystem)
    else { return nil }
    return (store, PathText.name(of: path))
  }

  /// How the run at a path ended, where the path is one of an mlflow database; `nil` while it runs.
  package static func end(ofRunAt path: String, in fileSystem: any LogFileSystem) -> TrainingEnd? {
    guard let (store, name) = find(path, in: fileSystem), store.kind == .mlflow,
      let file = try? SQLiteFile(store.path, in: fileSystem)
    else { return nil }
    // Without a name the newest run is meant, as where it is read.
    let question = """
      SELECT status, coalesce(end_time, 0) FROM runs
      WHERE coalesce(lifecycle_stage, '') <> 'deleted' \(name == nil ? "" : "AND (run_uuid = ?1 OR name = ?1)")
      ORDER BY start_time DESC LIMIT 1
      """
    var end: TrainingEnd?
    try? file.forEachRow(question, name.map { [SQLiteFile.Value.text($0)] } ?? []) { row in
      end = MlflowRun.end(status: row.text(0), milliseconds: Double(row.integer(1)))
    }
    return end
  }

  /// The column that tells runs apart.
  var runColumn: String { kind == .mlflow ? "run_uuid" : hasRunIDs ? "run_id" : "run_name" }

  /// Its runs, the newest first.
  ///
  /// - Throws: where it cannot be read now.
  package func runs(in fileSystem: any LogFileSystem) throws(FileProblem) -> [Run] {
    let file = try SQLiteFile(path, in: fileSystem)
    return try runs(of: file)
  }

  func runs(of file: borrowing SQLiteFile) throws(FileProblem) -> [Run] {
    let question =
      switch kind {
      case .mlflow:
        """
        SELECT run_uuid, coalesce(name, ''), coalesce(start_time, 0) FROM runs
        WHERE coalesce(lifecycle_stage, '') <> 'deleted' ORDER BY start_time DESC LIMIT \(Self.mostRuns)
        """
      case .trackio:
        """
        SELECT \(runColumn), max(run_name), max(timestamp) FROM metrics
        GROUP BY \(runColumn) ORDER BY max(id) DESC LIMIT \(Self.mostRuns)
        """
      }
    var runs: [Run] = []
    try file.forEachRow(question) { row in
      var milliseconds = row.integer(2)
      if kind == .trackio {
        var text = row.text(2)
        let seconds = text.withUTF8 { LogTime.seconds(UnsafeRawBufferPointer($0)) } ?? 0
        milliseconds = Int64(seconds * 1000)
      }
      let id = row.text(0)
      let name = row.text(1)
      runs.append(
        Run(
          id: id, name: name.isEmpty ? id : name,
          modified: milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue))
    }
    return runs
  }

  /// What stands behind the path of the store for one of its runs: its name, where that is the only one and can stand in a
  /// path, else its id.
  func component(of run: Run, isOnly: Bool) -> String {
    isOnly && !run.name.contains("/") && !run.name.hasPrefix(".") ? run.name : run.id
  }
}

/// Rows of trackio: an object of JSON with the metrics of one call, its step and its time.
final class TrackioDecoder: LineDecoder {
  private let row: JSONLineDecoder

  init(keys: KeyInterner) {
    row = JSONLineDecoder(keys: keys)
  }

  static var padding: Int { JSONLineDecoder.padding }
  var dialect: Dialect? { .trackio }
  var stepSource: StepSource { row.stepSource }
  var wantsRereading: Bool { false }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    row.decode(line, number: number, into: &batch)
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }
  func finishBatch(_ batch: inout RecordBatch) { row.finishBatch(&batch) }
}

extension Dialect {
  /// Database of trackio: a project with its runs.
  package static let trackio = Dialect("trackio")
}
