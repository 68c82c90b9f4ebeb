internal import FileAccess

/// One source of a run as it is read: a file, or several that continue each other.
final class FollowedSource {
  /// What was found in the run's directory; `nil` for a log that the user named.
  private(set) var kind: SourceKind?
  private(set) var status: SourceStatus

  private let fileSystem: any LogFileSystem
  private let dialect: Dialect?
  /// Files continue each other, so they share their keys.
  private let keys = KeyInterner()
  private var files: [FollowedFile] = []
  /// Why this log was chosen, until it is told.
  private var choice: String?
  /// What its steps mean is decided over all files.
  private var steps = StepClassifier()
  /// Several ranks write what one curve shows.
  private var ranks = RankMean()
  /// Keys that name the rank, as far as they were looked at.
  private var rankKeys: [Bool] = []
  private var hasToldOutside = false
  /// The file that is asked first: ranks take turns.
  private var turn = 0
  /// Nothing is followed: what is there is all.
  private let readsOnce: Bool

  /// - Parameters:
  ///   - choice: one sentence about why it was chosen, where that is not plain.
  ///   - dialect: what the user says it is.
  ///   - readsOnce: nothing is followed, and what is undecided at the end of what is there is decided then.
  init(
    _ found: FoundSource, choice: String?, dialect: Dialect?, fileSystem: any LogFileSystem, readsOnce: Bool
  ) {
    self.choice = choice
    kind = found.kind
    self.readsOnce = readsOnce
    self.dialect = dialect
    self.fileSystem = fileSystem
    status = SourceStatus(path: found.files.first ?? "")
    update(found)
  }

  /// The log at a path: a file, a pipe, or what will be there.
  init(path: String, dialect: Dialect?, fileSystem: any LogFileSystem, readsOnce: Bool) {
    self.dialect = dialect
    self.readsOnce = readsOnce
    self.fileSystem = fileSystem
    status = SourceStatus(path: path)
    files = [FollowedFile(path, keys: keys, dialect: dialect, fileSystem: fileSystem, endsHere: readsOnce)]
  }

  /// Takes note of what is there now: of a source that is one file the newest, of others every new one.
  func update(_ found: FoundSource) {
    kind = found.kind
    // What was rotated away before stands in front; what is rotated away meanwhile was read.
    if found.kind.isOneFile, let newest = found.files.last, let file = files.last {
      file.path = newest
      return
    }
    if found.kind == .ranks { ranks.expect(found.files.compactMap(Self.rank)) }
    for path in found.files where !files.contains(where: { $0.path == path }) {
      files.append(
        FollowedFile(path, keys: keys, dialect: dialect, fileSystem: fileSystem, endsHere: readsOnce))
    }
  }

  /// Turns into another source: what was taken for a log is none.
  func replace(with found: FoundSource) {
    if let path = found.files.first { files.first?.path = path }
    update(found)
  }

  var pipeDescriptor: Int32? { files.lazy.compactMap(\.pipeDescriptor).first }
  var watchTargets: [WatchTargets] { files.map(\.watchTargets) }
  var statuses: [ReadStatus] { files.map(\.status) }
  var hasSeveralFiles: Bool { files.count > 1 }

  /// The next records; `nil` where nothing is new.
  ///
  /// A file is begun once the one before it has been read to its end.
  func nextBatch(limit: ReadLimit) -> RecordBatch? {
    for place in files.indices {
      let file = files[kind == .ranks ? (turn + place) % files.count : place]
      var batch = file.nextBatch(limit: limit)
      if batch.isEmpty && batch.status.source != .reading { continue }
      if kind == .ranks { turn = (turn + place + 1) % files.count }
      mergeRanks(&batch, of: file)
      note()
      if isAtEnd { ranks.finish(&batch) }
      batch.file = file.openedPath
      if let choice, !batch.isEmpty {
        batch.notices.append(LogNotice(position: batch.records.count, line: 0, kind: .remark(choice)))
        self.choice = nil
      }
      noteFilesOutside(&batch)
      steps.classify(&batch)
      if isAtEnd { steps.finish(&batch) }
      noteSteps()
      return batch
    }
    note()
    return lastDecisions()
  }

  /// True where nothing more comes.
  private var isAtEnd: Bool {
    switch status.state {
    case .ended: true
    case .reading: false
    // A pipe is only complete at its end.
    case .upToDate, .removed, .waitingForFile, .failed: readsOnce && pipeDescriptor == nil
    }
  }

  /// What is decided because nothing more is there now, or nothing more comes; `nil` where nothing was open.
  private func lastDecisions() -> RecordBatch? {
    guard status.state != .reading, let file = files.last else { return nil }
    var batch = RecordBatch()
    batch.status = file.status
    if ranks.isUsed {
      batch = ranks.merge(batch, rank: { _ in nil }, isRankKey: { _ in false }, isIdle: true)
    }
    if isAtEnd { ranks.finish(&batch) }
    if !batch.isEmpty { steps.classify(&batch) }
    if isAtEnd { steps.finish(&batch) }
    guard !batch.isEmpty else { return nil }
    batch.file = file.openedPath
    noteSteps()
    return batch
  }

  /// Tells once that files of logits or rows outside the run's folder are read.
  private func noteFilesOutside(_ batch: inout RecordBatch) {
    guard !hasToldOutside, let path = batch.file else { return }
    for distribution in batch.distributions {
      guard case .file(let file) = distribution.content,
        PathText.leadsOutside(file.path, of: PathText.parent(of: path))
      else { continue }
      hasToldOutside = true
      let sentence =
        "\(file.path) is outside the run's folder: kltop reads the files that a log names wherever they are"
      batch.notices.append(LogNotice(position: batch.records.count, line: 0, kind: .remark(sentence)))
      return
    }
  }

  /// Of several ranks the mean goes on.
  private func mergeRanks(_ batch: inout RecordBatch, of file: FollowedFile) {
    while rankKeys.count < keys.names.count {
      rankKeys.append(StepKeyRole.isRank(keys.names[rankKeys.count]))
    }
    if kind == .ranks {
      guard let rank = Self.rank(file.path) else { return }
      let isIdle = !statuses.contains { $0.source == .reading }
      batch = ranks.merge(batch, rank: { _ in rank }, isRankKey: { rankKeys[Int($0)] }, isIdle: isIdle)
      return
    }
    guard rankKeys.contains(true) else { return }
    let numbers = batch.records.map { record in
      record.numbers.first { rankKeys[Int(batch.numberKeys[$0])] }.flatMap { Int(exactly: batch.numbers[$0]) }
    }
    if !ranks.isUsed {
      let found = Set(numbers.compactMap(\.self))
      guard found.count > 1 else { return }
      ranks.expect(found)
    }
    let isIdle = file.status.source != .reading
    batch = ranks.merge(batch, rank: { numbers[$0] }, isRankKey: { rankKeys[Int($0)] }, isIdle: isIdle)
  }

  /// The rank that the name of a file tells, or that of its folder.
  private static func rank(_ path: String) -> Int? {
    (RankFile(PathText.name(of: path)) ?? RankFile(PathText.name(of: PathText.parent(of: path))))?.rank
  }

  private func noteSteps() {
    status.undecidedStep = steps.undecided
    status.lateRecords = steps.lateRecords
    status.stepSource = steps.stepSource ?? status.stepSource
  }

  private func note() {
    let statuses = statuses
    status.path = files.count == 1 ? files[0].openedPath : Self.folder(of: files.map(\.path))
    let first = statuses.first { $0.dialect != nil }
    status.dialect = first?.dialect
    status.stepSource = steps.stepSource ?? first?.stepSource ?? .logged
    status.lines = statuses.reduce(0) { $0 + $1.lines }
    status.obstacle = statuses.allSatisfy { $0.obstacle != nil } ? statuses.first?.obstacle : nil
    status.state = SourceState.joined(statuses.map(\.source))
    if status.state != .reading { status.hasCaughtUp = true }
  }

  /// The directory that all paths are in.
  private static func folder(of paths: [String]) -> String {
    var folder = PathText.parent(of: paths.first ?? "")
    while !paths.allSatisfy({ $0.hasPrefix(folder == "/" ? folder : folder + "/") }) {
      let parent = PathText.parent(of: folder)
      if parent == folder || parent == "." { return parent }
      folder = parent
    }
    return folder
  }
}

/// One file, whose path may come to name another one.
private final class FollowedFile {
  var path: String {
    get { place.path }
    set { place.path = newValue }
  }

  private let place: Place
  private var follower: FileFollower

  private final class Place {
    var path: String

    init(_ path: String) {
      self.path = path
    }
  }

  init(
    _ path: String, keys: KeyInterner, dialect: Dialect?, fileSystem: any LogFileSystem, endsHere: Bool
  ) {
    let place = Place(path)
    self.place = place
    let source = ByteSource(path: path, fileSystem: fileSystem) {
      RunLocation.log(at: place.path, in: fileSystem)
    }
    follower = FileFollower(source, keys: keys, dialect: dialect, endsHere: endsHere)
  }

  var openedPath: String { follower.path }
  var pipeDescriptor: Int32? { follower.pipeDescriptor }
  var watchTargets: WatchTargets { follower.watchTargets }
  var status: ReadStatus { follower.status }

  func nextBatch(limit: ReadLimit) -> RecordBatch { follower.nextBatch(limit: limit) }
}

extension SourceState {
  /// What several files or sources together are doing: one that can be read outweighs those that cannot.
  static func joined(_ states: [SourceState]) -> SourceState {
    for state in [SourceState.reading, .upToDate, .ended, .removed] where states.contains(state) {
      return state
    }
    return states.first ?? .waitingForFile
  }
}
