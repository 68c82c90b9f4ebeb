internal import SystemPackage

// Directories, `poll` and duplicates that close on `exec` are not in SystemPackage.
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The file system of the machine.
package struct DiskFileSystem: LogFileSystem {
  package init() {}

  package func status(of path: String) throws(FileProblem) -> FileStatus {
    var result = stat()
    guard stat(path, &result) == 0 else { throw .lastError() }
    return FileStatus(result)
  }

  package func open(_ path: String) throws(FileProblem) -> any LogFile {
    guard try status(of: path).kind == .file else { throw .unreadable("is no regular file") }
    return try DiskFile(descriptor: openedDescriptor(path))
  }

  package func openPipe(_ path: String) throws(FileProblem) -> any LogPipe {
    guard path == PathText.standardInput else { return DiskPipe(descriptor: try openedDescriptor(path)) }
    let duplicate = FileDescriptor(rawValue: fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3))
    // What is held open in place of a standard input that is closed can be duplicated, but not read.
    guard duplicate.rawValue >= 0, Self.isReadable(duplicate) else {
      if duplicate.rawValue >= 0 { try? duplicate.close() }
      throw .unreadable("standard input cannot be read")
    }
    return DiskPipe(descriptor: duplicate)
  }

  private static func isReadable(_ descriptor: FileDescriptor) -> Bool {
    (try? descriptor.read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0))) != nil
  }

  package func entries(of directory: String) throws(FileProblem) -> [String] {
    guard let stream = opendir(directory) else { throw .lastError() }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Opens without waiting for a writer, where the path is a named pipe.
  private func openedDescriptor(_ path: String) throws(FileProblem) -> FileDescriptor {
    try FileProblem.of {
      try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    }
  }
}

/// A file on disk.
private final class DiskFile: LogFile {
  private let descriptor: FileDescriptor

  init(descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  deinit {
    try? descriptor.close()
  }

  func status() throws(FileProblem) -> FileStatus {
    try FileStatus(ofDescriptor: descriptor.rawValue)
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
    try FileProblem.of { try descriptor.read(fromAbsoluteOffset: Int64(offset), into: buffer) }
  }
}

/// A pipe, read only when `poll` says that there is something.
private final class DiskPipe: LogPipe {
  private let file: FileDescriptor

  init(descriptor: FileDescriptor) {
    file = descriptor
  }

  deinit {
    try? file.close()
  }

  var descriptor: Int32? { file.rawValue }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> StreamRead {
    guard try hasSomething() else { return .nothing }
    do {
      let count = try file.read(into: buffer)
      return count > 0 ? .bytes(count) : .end
    } catch Errno.resourceTemporarilyUnavailable {
      return .nothing
    } catch {
      throw FileProblem(error)
    }
  }

  /// True where bytes, the end or an error wait.
  private func hasSomething() throws(FileProblem) -> Bool {
    var question = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = poll(&question, 1, 0)
      if ready >= 0 { return ready > 0 }
      if errno != EINTR { throw .lastError() }
    }
  }
}

extension FileStatus {
  /// The status of an open file.
  package init(ofDescriptor descriptor: Int32) throws(FileProblem) {
    var result = stat()
    guard fstat(descriptor, &result) == 0 else { throw .lastError() }
    self.init(result)
  }

  fileprivate init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .pipe
      }
    #if canImport(Glibc)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    self.init(
      kind: kind, device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
      size: Int(status.st_size),
      modified: Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        &+ Int64(time.tv_nsec))
  }
}

extension FileProblem {
  /// The problem that `errno` names.
  package static func lastError() -> FileProblem { FileProblem(Errno(rawValue: errno)) }

  /// The problem that a call of the system ended with.
  fileprivate init(_ error: any Error) {
    switch error as? Errno {
    case .noSuchFileOrDirectory, .notDirectory: self = .missing
    case let code?: self = .unreadable(code.description)
    case nil: self = .unreadable("\(error)")
    }
  }

  /// What a call of the system gives; its error becomes a problem.
  fileprivate static func of<Result>(_ call: () throws -> Result) throws(FileProblem) -> Result {
    do { return try call() } catch { throw FileProblem(error) }
  }
}
