internal import FileAccess
internal import Synchronization

/// A file system in memory with one file, which grows.
final class GrowingFile: LogFileSystem {
  let path: String
  fileprivate let bytes: Mutex<[UInt8]>

  init(path: String, _ bytes: [UInt8]) {
    self.path = path
    self.bytes = Mutex(bytes)
  }

  func append(_ more: some Sequence<UInt8>) {
    let more = Array(more)
    bytes.withLock { $0 += more }
  }

  fileprivate var status: FileStatus {
    let size = bytes.withLock(\.count)
    return FileStatus(kind: .file, device: 1, inode: 1, size: size, modified: Int64(size))
  }

  func status(of path: String) throws(FileProblem) -> FileStatus {
    if path == self.path { return status }
    guard path == "/" else { throw .missing }
    return FileStatus(kind: .directory, device: 1, inode: 2, size: 0, modified: 0)
  }

  func open(_ path: String) throws(FileProblem) -> any LogFile {
    guard path == self.path else { throw .missing }
    return OpenGrowingFile(self)
  }

  func openPipe(_ path: String) throws(FileProblem) -> any LogPipe { throw .missing }

  func entries(of directory: String) throws(FileProblem) -> [String] {
    guard directory == "/" else { throw .missing }
    return [String(path.dropFirst())]
  }
}

private final class OpenGrowingFile: LogFile {
  private let file: GrowingFile

  init(_ file: GrowingFile) { self.file = file }

  func status() throws(FileProblem) -> FileStatus { file.status }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
    file.bytes.withLock { bytes in
      guard offset < bytes.count else { return 0 }
      let part = bytes[offset..<min(bytes.count, offset + buffer.count)]
      buffer.copyBytes(from: part)
      return part.count
    }
  }
}
