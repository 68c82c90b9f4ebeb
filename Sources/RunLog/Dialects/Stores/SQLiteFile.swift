internal import CSqlite
internal import FileAccess

/// An SQLite database that somebody else may be writing, open for a few questions. It is never written, and nothing is left
/// beside it.
struct SQLiteFile: ~Copyable {
  private let handle: OpaquePointer

  /// Milliseconds that a writer is waited for.
  private static let patience: Int32 = 100
  private static let mark = Array("SQLite format 3\0".utf8)
  /// Where the header says whether changes stand in a file beside the database.
  private static let versionOffset = 19

  /// True for a regular file that is a database.
  static func isDatabase(_ path: String, _ status: FileStatus, in fileSystem: any LogFileSystem) -> Bool {
    // Whole pages of at least 512 bytes: other files are not opened.
    guard fileSystem is DiskFileSystem, status.kind == .file, status.size > 0, status.size % 512 == 0 else {
      return false
    }
    return header(of: path, in: fileSystem).starts(with: mark)
  }

  private static func header(of path: String, in fileSystem: any LogFileSystem) -> [UInt8] {
    guard let file = try? fileSystem.open(path) else { return [] }
    return [UInt8](unsafeUninitializedCapacity: versionOffset + 1) { buffer, count in
      count = (try? file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
    }
  }

  /// Opens the database at a path.
  ///
  /// Where all changes stand in the database itself and nobody writes, and where its directory cannot be written, it is
  /// read as it lies there, without the locks and files that writers use.
  ///
  /// - Throws: where it cannot be opened now, or is none.
  init(_ path: String, in fileSystem: any LogFileSystem) throws(FileProblem) {
    let header = Self.header(of: path, in: fileSystem)
    let keepsLog = header.count > Self.versionOffset && header[Self.versionOffset] == 2
    let hasLog = (try? fileSystem.status(of: path + "-wal").size > 0) ?? false
    if keepsLog, !hasLog {
      handle = try Self.open(path, isImmutable: true)
      return
    }
    if let opened = try? Self.open(path, isImmutable: false) {
      handle = opened
    } else {
      handle = try Self.open(path, isImmutable: true)
    }
  }

  deinit { sqlite3_close_v2(handle) }

  private static func open(_ path: String, isImmutable: Bool) throws(FileProblem) -> OpaquePointer {
    var handle: OpaquePointer?
    let name = "file:" + encoded(path) + "?mode=ro" + (isImmutable ? "&immutable=1" : "")
    let code = sqlite3_open_v2(
      name, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let handle else {
      let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      sqlite3_close_v2(handle)
      throw .unreadable(reason)
    }
    sqlite3_busy_timeout(handle, patience)
    // The first question shows whether it can be read at all.
    guard
      sqlite3_exec(handle, "PRAGMA trusted_schema=OFF; SELECT 1 FROM sqlite_master LIMIT 1", nil, nil, nil)
        == SQLITE_OK
    else {
      let reason = String(cString: sqlite3_errmsg(handle))
      sqlite3_close_v2(handle)
      throw .unreadable(reason)
    }
    return handle
  }

  /// A path as a part of a URI.
  private static func encoded(_ path: String) -> String {
    path.utf8.map { byte in
      byte.isLetter || byte.isDigit || "/._-".utf8.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// A value that stands for a question mark.
  enum Value {
    case integer(Int64)
    case text(String)
  }

  /// Calls `body` with each row of the answer to a question.
  ///
  /// - Throws: where the question makes no sense to this database, or somebody else keeps it locked.
  func forEachRow(_ question: String, _ values: [Value] = [], _ body: (borrowing Row) -> Void)
    throws(FileProblem)
  {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, question, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw .unreadable(String(cString: sqlite3_errmsg(handle)))
    }
    defer { sqlite3_finalize(statement) }
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let number): sqlite3_bind_int64(statement, Int32(index + 1), number)
      case .text(let text):
        // The text is copied at once.
        let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(statement, Int32(index + 1), text, -1, copy)
      }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: body(Row(statement: statement))
      case SQLITE_DONE: return
      default: throw .unreadable(String(cString: sqlite3_errmsg(handle)))
      }
    }
  }

  /// The columns of a table; none where there is no such table.
  func columns(of table: StaticString) -> Set<String> {
    var names: Set<String> = []
    try? forEachRow(
      "SELECT c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name = ?",
      [.text("\(table)")]
    ) { names.insert($0.text(0)) }
    return names
  }

  /// One row of an answer; valid until the next.
  struct Row: ~Copyable {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func number(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    func text(_ column: Int32) -> String {
      guard let bytes = sqlite3_column_blob(statement, column) else { return "" }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
  }
}
