internal import FileAccess

/// The bytes of one run's log, wherever they are and whatever happens to the file meanwhile.
struct ByteSource {
  /// What one step of reading came to.
  enum Step {
    /// There may be more: new bytes are in the buffer, or a file was opened.
    case more
    /// The file is another one, or shorter: everything comes again from the start.
    case startedOver(StartOver)
    /// Nothing to read now.
    case idle(SourceState)
  }

  private enum Opened {
    case nothing
    case file(any LogFile)
    case pipe(any LogPipe)
    case folder(any FolderLog)
  }

  /// What was asked for: a file, a pipe, or the directory in which the log is.
  let path: String
  private let fileSystem: any LogFileSystem
  /// Where the log is now.
  private let resolve: () -> RunLocation
  private var opened = Opened.nothing
  /// The log in use, which a directory's path does not name.
  private(set) var logPath: String?
  /// The file as it was looked at last.
  private var known: FileStatus?
  private var fingerprint = Fingerprint()
  /// Set by the end of a pipe.
  private var hasEnded = false

  /// The log at a path.
  init(path: String, fileSystem: any LogFileSystem) {
    self.init(path: path, fileSystem: fileSystem) { RunLocation.resolve(path, in: fileSystem) }
  }

  /// The log that `resolve` finds, which may be another one later.
  init(path: String, fileSystem: any LogFileSystem, resolve: @escaping () -> RunLocation) {
    self.path = path
    self.fileSystem = fileSystem
    self.resolve = resolve
  }

  /// Bytes read of the file that is being read.
  var bytesRead: Int { fingerprint.offset }

  /// What the folder is whose files are read as one log; `nil` for a file or a pipe.
  var folderKind: FolderKind? {
    guard case .folder(let log) = opened else { return nil }
    return log.kind
  }

  /// Goes back to the start of a file; false for anything else.
  mutating func rewind() -> Bool {
    guard case .file = opened else { return false }
    fingerprint = Fingerprint()
    return true
  }

  /// Size of the file that is being read.
  var bytesTotal: Int? {
    guard case .file = opened else { return nil }
    return known?.size
  }

  /// Last change of the file's content, nanoseconds of the file system's clock; `nil` for anything else.
  var modified: Int64? {
    guard case .file = opened else { return nil }
    return known?.modified
  }

  /// Descriptor that tells of more bytes, for a pipe.
  var pipeDescriptor: Int32? {
    if case .pipe(let pipe) = opened, !hasEnded { return pipe.descriptor }
    return nil
  }

  /// The log and the directory it is in; while there is none, the places where it may appear.
  var watchTargets: WatchTargets {
    switch opened {
    case .pipe: WatchTargets(files: [], directories: [])
    case .file: WatchTargets(files: [logPath ?? path], directories: [PathText.parent(of: logPath ?? path)])
    case .folder(let log): log.watchTargets
    case .nothing: WatchTargets(files: [], directories: [path, PathText.parent(of: path)])
    }
  }

  /// Reads the next bytes, up to `count`, or finds out why there are none.
  mutating func advance(_ count: Int, into buffer: inout LineBuffer) -> Step {
    do throws(FileProblem) {
      switch opened {
      case .nothing: return try open()
      case .pipe(let pipe): return try advance(pipe, count, &buffer)
      case .file(let file): return try advance(file, count, &buffer)
      case .folder(let log): return try advance(log, count, &buffer)
      }
    } catch {
      return idle(after: error)
    }
  }

  private mutating func idle(after problem: FileProblem) -> Step {
    // A handle that failed may fail for ever (a network file system that forgot it): the next step opens anew and,
    // if it is the same file, goes on where this one stopped. A folder holds no handle.
    if case .folder = opened {} else { opened = .nothing }
    switch problem {
    case .missing: return .idle(absence)
    case .unreadable(let reason): return .idle(.failed("\(logPath ?? path): \(reason)"))
    }
  }

  /// What it means that there is no file.
  private var absence: SourceState { known == nil && bytesRead == 0 ? .waitingForFile : .removed }

  private mutating func open() throws(FileProblem) -> Step {
    switch resolve() {
    case .waiting: return .idle(absence)
    case .directory(let path): return .idle(.failed("\(path): a directory where a log was"))
    case .unusable(let reason): return .idle(.failed("\(path): \(reason)"))
    case .pipe(let path):
      opened = .pipe(try fileSystem.openPipe(path))
      logPath = path
      return .more
    case .file(let path): return try open(file: path)
    case .folder(let kind, let path):
      opened = .folder(try kind.open(path, in: fileSystem))
      logPath = path
      return .more
    }
  }

  private mutating func open(file path: String) throws(FileProblem) -> Step {
    let file = try fileSystem.open(path)
    let status = try file.status()
    let isOther = known.map { !$0.isSameFile(as: status) } ?? false
    opened = .file(file)
    logPath = path
    return isOther ? startOver(.replaced, status) : .more
  }

  private mutating func advance(
    _ stream: any LogStream, _ count: Int, _ buffer: inout LineBuffer
  ) throws(FileProblem) -> Step {
    if hasEnded { return .idle(.ended) }
    var outcome = StreamRead.nothing
    let got = try buffer.fill(count) { (bytes) throws(FileProblem) in
      outcome = try stream.read(into: bytes)
      guard case .bytes(let got) = outcome else { return 0 }
      return got
    }
    switch outcome {
    case .bytes:
      fingerprint.extend(with: buffer.latest(got))
      return .more
    case .nothing: return .idle(.upToDate)
    case .end:
      hasEnded = true
      return .idle(.ended)
    case .startedOver(let kind):
      fingerprint = Fingerprint()
      return .startedOver(kind)
    }
  }

  private mutating func advance(
    _ file: any LogFile, _ count: Int, _ buffer: inout LineBuffer
  ) throws(FileProblem) -> Step {
    let status = try file.status()
    if status != known, bytesRead > 0 {
      if status.size < bytesRead { return startOver(.truncated, status) }
      if try !fingerprint.matches(file) { return startOver(.replaced, status) }
      let isRewritten = status.size == bytesRead && status.size == known?.size
      if isRewritten, try !fingerprint.matchesWhole(file) { return startOver(.replaced, status) }
    }
    known = status
    if status.size > bytesRead {
      let offset = bytesRead
      let got = try buffer.fill(min(count, status.size - offset)) { (bytes) throws(FileProblem) in
        try file.read(at: offset, into: bytes)
      }
      if got > 0 {
        fingerprint.extend(with: buffer.latest(got))
        return .more
      }
    }
    return try lookAround(status)
  }

  /// At the end of the open file: is it still the one to read?
  private mutating func lookAround(_ status: FileStatus) throws(FileProblem) -> Step {
    guard case .file(let path) = resolve() else {
      return try stillThere() ? .idle(.upToDate) : .idle(.removed)
    }
    if try fileSystem.status(of: path).isSameFile(as: status) { return .idle(.upToDate) }
    // What was written between the last look and the moment the file was moved away is read first.
    if case .file(let file) = opened, try file.status().size > bytesRead { return .more }
    return try open(file: path)
  }

  /// True where the log in use still exists although its directory now names none, or several.
  private func stillThere() throws(FileProblem) -> Bool {
    guard let logPath, let known else { return false }
    do throws(FileProblem) {
      return try fileSystem.status(of: logPath).isSameFile(as: known)
    } catch FileProblem.missing {
      return false
    }
  }

  /// Begins with another content; where nothing of the old one had been read, nobody need know.
  private mutating func startOver(_ kind: StartOver, _ status: FileStatus) -> Step {
    let hadBytes = bytesRead > 0
    known = status
    fingerprint = Fingerprint()
    return hadBytes ? .startedOver(kind) : .more
  }
}
