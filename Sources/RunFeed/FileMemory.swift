internal import FileAccess

/// What files and directories held when they were last read: what has not changed is not read again.
///
/// A watched run's folder is looked at every few seconds, and asking for a file's status is cheap where reading it is not.
final class FileMemory {
  private struct Known {
    var status: FileStatus
    /// A `Made` of whatever the reader makes of it.
    var made: Any
    /// Times it may still be used unread: a change within the resolution of the file system's clock does not show.
    var uses: Int
  }

  private struct Made<Value> {
    let value: Value
  }

  private static let mostUses = 16

  let fileSystem: any LogFileSystem
  private var known: [String: Known] = [:]

  init(_ fileSystem: any LogFileSystem) { self.fileSystem = fileSystem }

  /// Entries of a directory in no order; none where there is no directory that can be read.
  func names(of directory: String) -> [String] {
    value(of: directory, kind: .directory) { _ in try? fileSystem.entries(of: directory) } ?? []
  }

  /// What the bytes of a file come to; `nil` where there is no file that can be read, or where it is too large.
  ///
  /// - Parameters:
  ///   - most: bytes of the largest file that is read as a whole.
  ///   - make: what is made of the bytes, always the same of one path.
  func value<Value>(of path: String, most: Int, make: ([UInt8]) -> Value) -> Value? {
    value(of: path, kind: .file) { status in
      guard status.size <= most else { return nil }
      return bytes(of: path, from: 0, count: status.size).map(make)
    }
  }

  /// The same of a file or a directory that is read in another way.
  func value<Value>(of path: String, kind: FileStatus.Kind, read: (FileStatus) -> Value?) -> Value? {
    guard let status = try? fileSystem.status(of: path), status.kind == kind else {
      known[path] = nil
      return nil
    }
    if let found = known[path], found.status == status, found.uses > 0, let made = found.made as? Made<Value>
    {
      known[path]?.uses -= 1
      return made.value
    }
    guard let value = read(status) else { return nil }
    known[path] = Known(status: status, made: Made(value: value), uses: Self.mostUses)
    return value
  }

  /// Bytes of a file; fewer where it ends before. `nil` where it cannot be read.
  func bytes(of path: String, from start: Int, count: Int) -> [UInt8]? {
    guard let file = try? fileSystem.open(path) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = try? bytes.withUnsafeMutableBytes { buffer in
        try file.read(
          at: start + filled, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
      guard let read else { return nil }
      if read == 0 { break }
      filled += read
    }
    return Array(bytes.prefix(filled))
  }
}
