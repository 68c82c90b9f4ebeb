internal import CMappedFile
internal import FileAccess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A regular file in memory, for reading; its bytes come from the disk as they are touched.
///
/// Where the file shrinks meanwhile, zeros are read, and `checkUnchanged` throws.
struct MappedFile: ~Copyable {
  let path: String
  /// As it was when it was opened.
  let status: FileStatus
  /// −1 once it was closed.
  private var descriptor: Int32
  private let mapping: CMFMapping

  init(_ path: String) throws(LogitsFileProblem) {
    let opened = try Self.open(path)
    var mapped = CMFMapping()
    let status: FileStatus
    do throws(LogitsFileProblem) {
      status = try Self.status(of: opened, path)
      let code = cmf_map(opened, status.size, &mapped)
      if code != 0 { throw LogitsFileProblem(path, "cannot be mapped: \(String(cString: strerror(code)))") }
    } catch {
      close(opened)
      throw error
    }
    self.init(path: path, status: status, descriptor: opened, mapping: mapped)
  }

  private init(path: String, status: FileStatus, descriptor: Int32, mapping: CMFMapping) {
    self.path = path
    self.status = status
    self.descriptor = descriptor
    self.mapping = mapping
  }

  deinit {
    var mapping = mapping
    cmf_unmap(&mapping)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Nothing but a regular file is opened: a pipe has a writer that waits, and a device may act on it.
  private static func open(_ path: String) throws(LogitsFileProblem) -> Int32 {
    _ = try status(path) { () throws(FileProblem) in try DiskFileSystem().status(of: path) }
    #if canImport(Glibc)
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #else
      let descriptor = Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #endif
    guard descriptor >= 0 else { throw LogitsFileProblem(path, FileProblem.lastError()) }
    return descriptor
  }

  private static func status(of descriptor: Int32, _ path: String) throws(LogitsFileProblem) -> FileStatus {
    try status(path) { () throws(FileProblem) in try FileStatus(ofDescriptor: descriptor) }
  }

  /// - Throws: where `look` fails, or finds anything but a regular file.
  private static func status(
    _ path: String, _ look: () throws(FileProblem) -> FileStatus
  ) throws(LogitsFileProblem) -> FileStatus {
    let status: FileStatus
    do throws(FileProblem) {
      status = try look()
    } catch {
      throw LogitsFileProblem(path, error)
    }
    if status.kind != .file { throw LogitsFileProblem(path, "is no regular file") }
    return status
  }

  /// Lends the bytes of a range, which lies in the file.
  func withBytes<Result: ~Copyable, Failure>(
    _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let all = UnsafeRawBufferPointer(start: mapping.bytes, count: mapping.length)
    return try body(UnsafeRawBufferPointer(rebasing: all[range]).bytes)
  }

  /// The bytes of a range, which lies in the file.
  func copy(_ range: Range<Int>) -> [UInt8] {
    withBytes(range) { span in span.withUnsafeBytes { Array($0) } }
  }

  /// A little-endian number, not necessarily aligned, which lies in the file.
  func integer<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
    let all = UnsafeRawBufferPointer(start: mapping.bytes, count: mapping.length)
    return Number(littleEndian: all.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// Gives the descriptor back and keeps the bytes: a program may have many files mapped and few open.
  mutating func closeDescriptor() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// Throws where what was read so far may not be what the file held when it was opened.
  func checkUnchanged() throws(LogitsFileProblem) {
    var mapping = mapping
    let now = try Self.status(of: descriptor, path)
    if cmf_has_lost_pages(&mapping) || now.size < status.size {
      throw LogitsFileProblem(path, "shrank while it was read; try again once it is written", kind: .changed)
    }
    if now.size != status.size || now.modified != status.modified {
      throw LogitsFileProblem(path, "changed while it was read; try again once it is written", kind: .changed)
    }
  }
}

extension LogitsFileProblem {
  init(_ path: String, _ problem: FileProblem) {
    switch problem {
    case .missing: self.init(path, "no such file", kind: .missing)
    case .unreadable(let reason): self.init(path, "cannot be read: \(reason)")
    }
  }
}
