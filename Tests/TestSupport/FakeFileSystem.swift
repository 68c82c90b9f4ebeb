package import RunLog
import Synchronization

/// A file system in memory whose files the test changes between reads.
///
/// Like a real one it keeps a removed file as long as somebody has it open, gives a new file a new inode, and notes
/// when a file was changed.
package final class FakeFileSystem: LogFileSystem {
  private struct Node {
    var bytes: [UInt8]
    var modified: Int64
  }

  fileprivate struct State {
    private(set) var clock: Int64 = 0
    private var nodes: [UInt64: Node] = [:]
    var inodes: [String: UInt64] = [:]
    var directories: Set<String> = ["/"]
    var problems: [String: FileProblem] = [:]
    var input: [UInt8] = []
    var inputHasEnded = false

    mutating func makeFile(_ bytes: [UInt8]) -> UInt64 {
      clock += 1
      let inode = UInt64(clock)
      nodes[inode] = Node(bytes: bytes, modified: clock)
      return inode
    }

    mutating func change(_ path: String, _ body: (inout [UInt8]) -> Void) {
      guard let inode = inodes[path] else { return }
      clock += 1
      nodes[inode]?.modified = clock
      if var bytes = nodes[inode]?.bytes {
        body(&bytes)
        nodes[inode]?.bytes = bytes
      }
    }

    func bytes(_ inode: UInt64) -> [UInt8] { nodes[inode]?.bytes ?? [] }

    func status(_ inode: UInt64) -> FileStatus {
      FileStatus(
        kind: .file, device: 1, inode: inode, size: bytes(inode).count, modified: nodes[inode]?.modified ?? 0)
    }
  }

  fileprivate let state = Mutex(State())

  package init() {}

  // What a test does to the files.

  /// Creates a file, or puts a new one in place of the one that is there.
  package func create(_ path: String, _ bytes: [UInt8]) {
    state.withLock { state in
      state.inodes[path] = state.makeFile(bytes)
      state.directories.insert(RunLocation.parent(of: path))
    }
  }

  package func create(_ path: String, _ text: String) { create(path, Array(text.utf8)) }

  package func append(_ path: String, _ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    state.withLock { state in
      if state.inodes[path] == nil { state.inodes[path] = state.makeFile([]) }
      state.change(path) { $0 += bytes }
    }
  }

  package func append(_ path: String, _ text: String) { append(path, Array(text.utf8)) }

  /// Cuts a file to a number of bytes.
  package func truncate(_ path: String, to count: Int) {
    state.withLock { $0.change(path) { $0.removeLast(max(0, $0.count - count)) } }
  }

  /// Writes other bytes into the same file.
  package func rewrite(_ path: String, _ text: String) {
    state.withLock { $0.change(path) { $0 = Array(text.utf8) } }
  }

  package func remove(_ path: String) {
    _ = state.withLock { $0.inodes.removeValue(forKey: path) }
  }

  package func rename(_ path: String, to other: String) {
    state.withLock { $0.inodes[other] = $0.inodes.removeValue(forKey: path) }
  }

  package func makeDirectory(_ path: String) {
    _ = state.withLock { $0.directories.insert(path) }
  }

  /// Lets everything that is done to a path fail, or with `nil` work again.
  package func fail(_ path: String, with problem: FileProblem?) {
    state.withLock { $0.problems[path] = problem }
  }

  /// Writes to standard input.
  package func type(_ text: String) {
    state.withLock { $0.input += Array(text.utf8) }
  }

  package func endInput() {
    state.withLock { $0.inputHasEnded = true }
  }

  // What is read.

  package func status(of path: String) throws(FileProblem) -> FileStatus {
    let result = state.withLock { state -> Result<FileStatus, FileProblem> in
      if let problem = state.problems[path] { return .failure(problem) }
      if let inode = state.inodes[path] { return .success(state.status(inode)) }
      guard state.directories.contains(path) else { return .failure(.missing) }
      return .success(FileStatus(kind: .directory, device: 1, inode: 0, size: 0, modified: 0))
    }
    return try result.get()
  }

  package func open(_ path: String) throws(FileProblem) -> any LogFile {
    let result = state.withLock { state -> Result<UInt64, FileProblem> in
      if let problem = state.problems[path] { return .failure(problem) }
      return state.inodes[path].map { .success($0) } ?? .failure(.missing)
    }
    return FakeFile(self, path, inode: try result.get())
  }

  package func openPipe(_ path: String) throws(FileProblem) -> any LogPipe { FakePipe(self) }

  package func entries(of directory: String) throws(FileProblem) -> [String] {
    let result = state.withLock { state -> Result<[String], FileProblem> in
      if let problem = state.problems[directory] { return .failure(problem) }
      guard state.directories.contains(directory) else { return .failure(.missing) }
      let prefix = directory.hasSuffix("/") ? directory : directory + "/"
      let below = (Array(state.inodes.keys) + state.directories).filter { $0.hasPrefix(prefix) }
      return .success(
        Array(
          Set(below.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) })))
    }
    return try result.get()
  }
}

private final class FakeFile: LogFile {
  private let system: FakeFileSystem
  private let path: String
  private let inode: UInt64

  init(_ system: FakeFileSystem, _ path: String, inode: UInt64) {
    self.system = system
    self.path = path
    self.inode = inode
  }

  private func check() throws(FileProblem) {
    if let problem = system.state.withLock({ $0.problems[path] }) { throw problem }
  }

  func status() throws(FileProblem) -> FileStatus {
    try check()
    return system.state.withLock { $0.status(inode) }
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
    try check()
    let bytes = system.state.withLock { $0.bytes(inode) }
    guard offset < bytes.count else { return 0 }
    let part = bytes[offset..<min(bytes.count, offset + buffer.count)]
    buffer.copyBytes(from: part)
    return part.count
  }
}

private final class FakePipe: LogPipe {
  private let system: FakeFileSystem

  init(_ system: FakeFileSystem) {
    self.system = system
  }

  var descriptor: Int32? { nil }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> PipeRead {
    system.state.withLock { state in
      if state.input.isEmpty { return state.inputHasEnded ? .end : .nothing }
      let part = state.input.prefix(buffer.count)
      buffer.copyBytes(from: part)
      state.input.removeFirst(part.count)
      return .bytes(part.count)
    }
  }
}
