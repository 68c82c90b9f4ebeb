internal import FileAccess

/// A log that is spread over many files of one folder, read as one stream of lines.
///
/// What a file cannot say about itself (its key, its checkpoint) stands behind each of its lines, after a tab.
protocol FolderLog: LogStream {
  var kind: FolderKind { get }
  /// The files and folders whose changes show that there may be more.
  var watchTargets: WatchTargets { get }
}

/// Kinds of logs that are a folder, or a run in a database.
package enum FolderKind: Sendable, Hashable {
  /// A run in a file store of mlflow.
  case mlflow
  /// A run in a database of mlflow.
  case mlflowStore
  /// A run in a database of trackio.
  case trackio

  /// The kind of a folder, or of a file inside one, `nil` where it is none.
  static func of(_ path: String, in fileSystem: any LogFileSystem) -> FolderKind? {
    if MlflowRun(path, in: fileSystem) != nil { return .mlflow }
    guard let (store, _) = TrackingStore.find(path, in: fileSystem) else { return nil }
    return store.kind == .mlflow ? .mlflowStore : .trackio
  }

  /// Reads the lines of such a folder.
  func makeDecoder(_ keys: KeyInterner) -> any LineDecoder {
    switch self {
    case .mlflow, .mlflowStore: MlflowDecoder(keys: keys)
    case .trackio: TrackioDecoder(keys: keys)
    }
  }

  /// The log at a path of this kind.
  ///
  /// - Throws: `missing` where it is gone meanwhile.
  func open(_ path: String, in fileSystem: any LogFileSystem) throws(FileProblem) -> any FolderLog {
    switch self {
    case .mlflow:
      guard let run = MlflowRun(path, in: fileSystem) else { throw .missing }
      return MlflowLines(run, in: fileSystem)
    case .mlflowStore, .trackio:
      guard let (store, run) = TrackingStore.find(path, in: fileSystem) else { throw .missing }
      return StoreLines(store, run: run, in: fileSystem)
    }
  }
}
