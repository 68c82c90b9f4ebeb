#if canImport(Glibc)
  import Glibc
#else
  import Darwin
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
    let duplicate = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    // What is held open in place of a standard input that is closed can be duplicated, but not read.
    guard duplicate >= 0, Self.isReadable(duplicate) else {
      if duplicate >= 0 { close(duplicate) }
      throw .unreadable("standard input cannot be read")
    }
    return DiskPipe(descriptor: duplicate)
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    #if canImport(Glibc)
      Glibc.read(descriptor, nil, 0) == 0
    #else
      Darwin.read(descriptor, nil, 0) == 0
    #endif
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
  private func openedDescriptor(_ path: String) throws(FileProblem) -> Int32 {
    let descriptor = retryingWhenInterrupted {
      #if canImport(Glibc)
        Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      #else
        Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      #endif
    }
    guard descriptor >= 0 else { throw .lastError() }
    return Int32(descriptor)
  }
}

/// A file on disk.
private final class DiskFile: LogFile {
  private let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  func status() throws(FileProblem) -> FileStatus {
    try FileStatus(ofDescriptor: descriptor)
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
    let count = retryingWhenInterrupted {
      pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
    }
    guard count >= 0 else { throw .lastError() }
    return count
  }
}

/// A pipe, read only when `poll` says that there is something.
private final class DiskPipe: LogPipe {
  private let file: Int32

  init(descriptor: Int32) {
    file = descriptor
  }

  deinit {
    close(file)
  }

  var descriptor: Int32? { file }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> PipeRead {
    var question = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    let ready = retryingWhenInterrupted { Int(poll(&question, 1, 0)) }
    guard ready >= 0 else { throw .lastError() }
    if ready == 0 { return .nothing }
    let count = retryingWhenInterrupted {
      #if canImport(Glibc)
        Glibc.read(file, buffer.baseAddress, buffer.count)
      #else
        Darwin.read(file, buffer.baseAddress, buffer.count)
      #endif
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    if errno == EAGAIN { return .nothing }
    throw .lastError()
  }
}

/// Calls again what a signal interrupted.
private func retryingWhenInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
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
  package static func lastError() -> FileProblem {
    let code = errno
    if code == ENOENT || code == ENOTDIR { return .missing }
    return .unreadable(String(cString: strerror(code)))
  }
}
