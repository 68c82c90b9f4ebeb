internal import FileAccess

/// The metrics of one run in a database of a tracker, as lines in the order in which they were logged.
///
/// Of mlflow they are those of its file stores, each with its key behind a tab; of trackio they are objects of JSON.
final class StoreLines: FolderLog {
  let kind: FolderKind
  private let store: TrackingStore
  /// The run that was asked for; `nil` for the newest.
  private let wanted: String?
  private let fileSystem: any LogFileSystem
  /// Id of the run that is read.
  private var run: String?
  /// The database, and what its writer keeps beside it, as they were when all of it had been read.
  private var known: (file: FileStatus, log: FileStatus?)?
  private var file: FileStatus?
  /// Looks at a database that seems not to have changed: a change within the resolution of the clock does not show.
  private var looks = 0
  /// Number of the last row that was read, and what it says.
  private var last: (row: Int64, text: String)?
  private var output: [UInt8] = []
  private var taken = 0

  /// Rows of one question: a writer waits for its end.
  private static let mostRows = 2048
  private static let mostLooks = 16

  init(_ store: TrackingStore, run: String?, in fileSystem: any LogFileSystem) {
    self.store = store
    wanted = run
    self.fileSystem = fileSystem
    kind = store.kind == .mlflow ? .mlflowStore : .trackio
  }

  var watchTargets: WatchTargets {
    WatchTargets(files: [store.path, logPath], directories: [PathText.parent(of: store.path)])
  }

  /// Where a writer keeps changes until they are put into the database.
  private var logPath: String { store.path + "-wal" }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> StreamRead {
    if taken == output.count {
      output.removeAll(keepingCapacity: true)
      taken = 0
      if let kind = try readRows() {
        (run, known, last) = (nil, nil, nil)
        return .startedOver(kind)
      }
    }
    let count = min(buffer.count, output.count - taken)
    buffer.copyBytes(from: output[taken..<taken + count])
    taken += count
    return count > 0 ? .bytes(count) : .nothing
  }

  /// Reads the next rows; not `nil` where the database is not the one that was read.
  private func readRows() throws(FileProblem) -> StartOver? {
    let status = try fileSystem.status(of: store.path)
    let log = try? fileSystem.status(of: logPath)
    if let file, !file.isSameFile(as: status) {
      self.file = status
      return .replaced
    }
    file = status
    if let known, known.file == status, known.log == log, looks < Self.mostLooks {
      looks += 1
      return nil
    }
    looks = 0
    do throws(FileProblem) {
      let database = try SQLiteFile(store.path, in: fileSystem)
      if try isAnother(database) { return .replaced }
      if try readRows(of: database) < Self.mostRows { known = (status, log) }
    } catch {
      // Its writer keeps it locked: the next look asks again.
      if case .missing = error { throw error }
    }
    return nil
  }

  /// True where the last row that was read is not there any more.
  private func isAnother(_ database: borrowing SQLiteFile) throws(FileProblem) -> Bool {
    guard let last else { return false }
    var text: String?
    try database.forEachRow(question("rowid = ?"), [.integer(last.row)]) { text = self.line(of: $0) }
    return text != last.text
  }

  private func readRows(of database: borrowing SQLiteFile) throws(FileProblem) -> Int {
    if run == nil {
      let runs = try store.runs(of: database)
      run = (wanted.map { wanted in runs.first { $0.id == wanted || $0.name == wanted } } ?? runs.first)?.id
    }
    guard let run else { return 0 }
    var count = 0
    let which = "\(store.runColumn) = ? AND rowid > ? ORDER BY rowid LIMIT \(Self.mostRows)"
    try database.forEachRow(question(which), [.text(run), .integer(last?.row ?? Int64.min)]) { row in
      count += 1
      let text = self.line(of: row)
      self.last = (row.integer(0), text)
      self.output += text.utf8
    }
    return count
  }

  private func question(_ which: String) -> String {
    switch store.kind {
    case .mlflow: "SELECT rowid, timestamp, value, step, is_nan, key FROM metrics WHERE \(which)"
    case .trackio: "SELECT rowid, timestamp, metrics, step FROM metrics WHERE \(which)"
    }
  }

  private func line(of row: borrowing SQLiteFile.Row) -> String {
    switch store.kind {
    case .mlflow:
      let value = Self.value(row.number(2), isNaN: row.integer(4) != 0)
      return "\(row.integer(1)) \(value) \(row.integer(3))\t\(Self.oneLine(row.text(5)))\n"
    case .trackio:
      let text = Self.oneLine(row.text(2))
      guard let brace = text.lastIndex(of: "}") else { return text + "\n" }
      let body = text[..<brace]
      let comma = body.contains(":") ? "," : ""
      return "\(body)\(comma)\"step\":\(row.integer(3)),\"timestamp\":\"\(Self.plain(row.text(1)))\"}\n"
    }
  }

  /// mlflow keeps infinities as the largest finite number.
  private static func value(_ number: Double, isNaN: Bool) -> Double {
    if isNaN { return .nan }
    guard number.magnitude == .greatestFiniteMagnitude else { return number }
    return number < 0 ? -.infinity : .infinity
  }

  private static func oneLine(_ text: String) -> String {
    text.utf8.contains { $0 < 0x20 } ? String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }) : text
  }

  private static func plain(_ text: String) -> String {
    text.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
  }
}
