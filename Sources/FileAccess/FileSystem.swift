/// The outside world as log reading sees it; tests put a fake one in its place.
package protocol LogFileSystem: Sendable {
  /// What is at a path, symbolic links followed.
  func status(of path: String) throws(FileProblem) -> FileStatus
  /// Opens a regular file for reading.
  func open(_ path: String) throws(FileProblem) -> any LogFile
  /// Opens a pipe that the shell has opened for the program, or, with `-`, a duplicate of standard input.
  func openPipe(_ path: String) throws(FileProblem) -> any LogPipe
  /// Names of the entries of a directory, in any order.
  func entries(of directory: String) throws(FileProblem) -> [String]
}

extension LogFileSystem {
  /// All bytes of a file.
  package func contents(of path: String) throws(FileProblem) -> [UInt8] {
    let file = try open(path)
    var bytes: [UInt8] = []
    var problem: FileProblem?
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 20) { room, count in
        do throws(FileProblem) {
          count = try file.read(at: bytes.count, into: UnsafeMutableRawBufferPointer(room))
        } catch {
          problem = error
        }
      }
      if let problem { throw problem }
      if part.isEmpty { return bytes }
      bytes += part
    }
  }
}

/// An open file; it is closed when the last reference goes.
package protocol LogFile: AnyObject {
  /// Status of the open file, whatever is at its path now.
  func status() throws(FileProblem) -> FileStatus
  /// Reads up to a buffer's size from an offset; 0 at the end.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int
}

/// Bytes that come in one order and only once: a pipe, or many files that are read as one.
package protocol LogStream: AnyObject {
  /// Reads what is there and was not read before, without waiting.
  ///
  /// - Throws: `missing` where a folder is gone; the next read tries again, and what was read stays read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> StreamRead
}

/// An open pipe; it is closed when the last reference goes.
package protocol LogPipe: LogStream {
  /// A descriptor that becomes readable when there is more, where there is one.
  var descriptor: Int32? { get }
}

/// What a stream gave.
package enum StreamRead: Sendable, Hashable {
  case bytes(Int)
  /// Nothing now; more may come.
  case nothing
  /// Nothing more comes.
  case end
  /// Everything comes again.
  case startedOver(StartOver)
}

/// Why the content of a source comes again from its start.
package enum StartOver: Sendable, Hashable {
  /// A file shrank.
  case truncated
  /// A file is another one.
  case replaced
}

/// Which file a path or an open file is, and how it stands.
package struct FileStatus: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case file
    case directory
    /// A pipe, a terminal or another source without an order of its bytes.
    case pipe
  }

  package var kind: Kind
  package var device: UInt64
  package var inode: UInt64
  /// Bytes.
  package var size: Int
  /// Last change of the content, nanoseconds of any clock.
  package var modified: Int64

  package init(kind: Kind, device: UInt64, inode: UInt64, size: Int, modified: Int64) {
    self.kind = kind
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
  }

  /// True where both are the same file, whatever it contains.
  package func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }
}

/// Why something could not be read.
package enum FileProblem: Error, Sendable, Hashable {
  /// There is nothing at the path, or at a directory on the way.
  case missing
  /// One phrase that says why.
  case unreadable(String)
}
