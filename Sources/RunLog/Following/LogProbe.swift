internal import FileAccess

/// Looks into files of any name for a log.
///
/// What a file was found to be is kept for as long as it does not change.
final class LogProbe {
  /// A file that is a log.
  struct Found {
    var path: String
    var dialect: Dialect
    var modified: Int64
  }

  private struct Look {
    var status: FileStatus
    var dialect: Dialect?
  }

  private let fileSystem: any LogFileSystem
  private var looks: [String: Look] = [:]

  /// Bytes of a file that are looked at.
  private static let mostBytes = 1 << 18
  /// Files of one directory that are looked into, the newest first.
  private static let mostFiles = 64

  init(_ fileSystem: any LogFileSystem) {
    self.fileSystem = fileSystem
  }

  /// True for a name that a log may have: others are not opened.
  static func mayBeLog(_ name: String) -> Bool {
    var name = name.lowercased()
    for ending in [".gz", ".zst"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
    return endings.contains { name.hasSuffix($0) }
  }

  private static let endings = [".log", ".out", ".txt", ".csv", ".tsv", ".json", ".jsonl"]

  /// The log among some files that says most, of several such the newest.
  func best(of paths: [String]) -> Found? {
    let files = paths.compactMap { path in
      (try? fileSystem.status(of: path)).flatMap { $0.kind == .file ? (path, $0) : nil }
    }
    let newest = files.sorted { ($0.1.modified, $1.0) > ($1.1.modified, $0.0) }.prefix(Self.mostFiles)
    let found = newest.compactMap { path, status in
      dialect(of: path, status).map { Found(path: path, dialect: $0, modified: status.modified) }
    }
    return found.max {
      ($0.dialect.richness, $0.modified, $1.path) < ($1.dialect.richness, $1.modified, $0.path)
    }
  }

  private func dialect(of path: String, _ status: FileStatus) -> Dialect? {
    if let known = looks[path], known.dialect != nil || known.status == status { return known.dialect }
    let look = Look(status: status, dialect: look(into: path))
    looks[path] = look
    return look.dialect
  }

  private func look(into path: String) -> Dialect? {
    let source = ByteSource(path: path, fileSystem: fileSystem) { .file(path) }
    var follower = FileFollower(source, keys: KeyInterner())
    let batch = follower.nextBatch(limit: ReadLimit(bytes: Self.mostBytes))
    return batch.numbers.isEmpty && batch.distributions.isEmpty ? nil : batch.status.dialect
  }
}
