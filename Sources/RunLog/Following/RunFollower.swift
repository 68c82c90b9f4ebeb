package import FileAccess

/// Reads every log of one run, now and as they grow: whoever holds it asks for the next batch.
///
/// A path may name a log or the directory of a run, which may have several sources: each is read on its own, and a batch
/// says which one it is of. Nothing here waits, and no thread is started: with a fake file system every story of a file
/// can be told in a test.
package struct RunFollower: ~Copyable {
  private let path: String
  private let fileSystem: any LogFileSystem
  private let dialect: Dialect?
  private let readsOnce: Bool
  private let listings: DirectoryListings
  private var sources: [FollowedSource] = []
  /// The path names a log, not a directory.
  private var isOneLog = false
  /// Why there is no source, where the path says so.
  private var problem: String?
  /// The source that is asked next.
  private var turn = 0
  /// True where the next batch may bring more without anything having changed.
  package private(set) var hasMore = true

  /// Files that are watched; the slow poll finds what happens to more.
  private static let mostWatched = 256

  /// - Parameters:
  ///   - dialect: what the user says the log is in; of a directory, only sources that may be in it are read.
  ///   - readsOnce: nothing is followed: what is there is all, so that the end of it decides what is open.
  package init(
    path: String, dialect: Dialect? = nil, fileSystem: any LogFileSystem = DiskFileSystem(),
    readsOnce: Bool = false
  ) {
    self.readsOnce = readsOnce
    self.path = path
    self.dialect = dialect
    self.fileSystem = fileSystem
    listings = DirectoryListings(fileSystem)
  }

  /// Descriptor that becomes readable when there is more, for a pipe.
  package var pipeDescriptor: Int32? { sources.lazy.compactMap(\.pipeDescriptor).first }

  /// Where changes show that there may be more.
  package var watchTargets: WatchTargets {
    let targets = sources.flatMap(\.watchTargets)
    var directories = Set(targets.flatMap(\.directories)).union(listings.known)
    if sources.isEmpty { directories.formUnion([path, PathText.parent(of: path)]) }
    return WatchTargets(
      files: Array(targets.flatMap(\.files).prefix(Self.mostWatched)),
      directories: Array(directories.sorted().prefix(Self.mostWatched)))
  }

  /// The next records of one source, in the order of its file; empty where nothing is new. `status` is always set, and
  /// it is that of the whole run.
  package mutating func nextBatch(limit: ReadLimit = ReadLimit()) -> RecordBatch {
    if !isOneLog { lookAround() }
    var batch = RecordBatch()
    hasMore = false
    for _ in sources.indices {
      let index = turn
      turn = (turn + 1) % sources.count
      guard let found = sources[index].nextBatch(limit: limit) else { continue }
      batch = found
      batch.source = index
      hasMore =
        sources.count > 1 || found.status.source == .reading || sources[index].status.state == .reading
      break
    }
    if sources.count == 1 && !sources[0].hasSeveralFiles { batch.file = nil }
    batch.status = status
    return batch
  }

  /// Finds the run's sources, and those that came since.
  private mutating func lookAround() {
    problem = nil
    switch RunLocation.resolve(path, in: fileSystem) {
    case .waiting: break
    case .unusable(let reason): problem = "\(path): \(reason)"
    case .directory: lookAround(inDirectory: path)
    case .file, .pipe, .folder:
      guard sources.isEmpty else { return }
      sources = [FollowedSource(path: path, dialect: dialect, fileSystem: fileSystem, readsOnce: readsOnce)]
      isOneLog = true
    }
  }

  private mutating func lookAround(inDirectory directory: String) {
    let result = SourceSearch(listings).find(in: directory)
    let found = result.sources.filter { source in dialect.map(source.kind.mayBe) ?? true }
    if sources.isEmpty { problem = result.problem.map { "\(path): \($0)" } }
    let odd = sources.first { $0.kind == .logOfAnotherName }
    if let odd, let other = found.first, other.kind != .logOfAnotherName { odd.replace(with: other) }
    for source in found {
      if let known = sources.first(where: { $0.kind == source.kind }) {
        // A log that was chosen for its content stays, whichever file is the newest now.
        if source.kind != .logOfAnotherName || known.status.state == .removed { known.update(source) }
      } else {
        sources.append(
          FollowedSource(
            source, choice: result.choice, dialect: dialect, fileSystem: fileSystem, readsOnce: readsOnce))
      }
    }
  }

  /// How far the run was read.
  private var status: ReadStatus {
    var status = ReadStatus()
    let files = sources.flatMap(\.statuses)
    status.sources = sources.map(\.status)
    let richest = status.sources.filter { $0.dialect != nil }.max { $0.richness < $1.richness }
    let main = richest ?? status.sources.first
    status.dialect = main?.dialect
    status.stepSource = main?.stepSource ?? .logged
    status.lines = main?.lines ?? 0
    status.bytesRead = files.reduce(0) { $0 + $1.bytesRead }
    let sizes = files.compactMap(\.bytesTotal)
    status.bytesTotal = sizes.count == files.count && !files.isEmpty ? sizes.reduce(0, +) : nil
    status.obstacle = status.sources.allSatisfy { $0.obstacle != nil } ? status.sources.first?.obstacle : nil
    status.source = problem.map { .failed($0) } ?? SourceState.joined(status.sources.map(\.state))
    return status
  }
}

/// How much one batch may hold, so that neither memory nor the time to the next frame depends on a log's size.
package struct ReadLimit: Sendable, Hashable {
  /// Bytes read for one batch.
  package var bytes: Int
  /// Records and notices of one batch.
  package var records: Int
  /// A line longer than this is rejected and skipped without being kept.
  package var lineBytes: Int
  /// The same for a line that does not start like a record.
  package var foreignLineBytes: Int

  package init(
    bytes: Int = 4 << 20, records: Int = 1 << 16, lineBytes: Int = 1 << 30, foreignLineBytes: Int = 16 << 20
  ) {
    self.bytes = bytes
    self.records = records
    self.lineBytes = lineBytes
    self.foreignLineBytes = foreignLineBytes
  }
}
