package import FileAccess
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
    private var children: [String: Set<String>] = [:]
    /// When the entries of a directory last changed.
    private var changed: [String: Int64] = [:]
    var problems: [String: FileProblem] = [:]
    var input: [UInt8] = []
    var inputHasEnded = false
    var opened = 0

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

    /// Puts a file or a directory into the directories that it is in, which thereby exist.
    mutating func enter(_ path: String) {
      clock += 1
      var path = path
      while path != "/", path != "." {
        let directory = PathText.parent(of: path)
        directories.insert(directory)
        changed[directory] = clock
        guard children[directory, default: []].insert(PathText.name(of: path)).inserted else { return }
        path = directory
      }
    }

    mutating func leave(_ path: String) {
      clock += 1
      children[PathText.parent(of: path)]?.remove(PathText.name(of: path))
      changed[PathText.parent(of: path)] = clock
    }

    func names(in directory: String) -> Set<String> { children[directory] ?? [] }

    /// A directory changes with its entries, not with what is in them.
    func directoryStatus(_ directory: String) -> FileStatus {
      FileStatus(kind: .directory, device: 1, inode: 0, size: 0, modified: changed[directory] ?? 0)
    }

    func bytes(_ inode: UInt64) -> [UInt8] { nodes[inode]?.bytes ?? [] }

    func status(_ inode: UInt64) -> FileStatus {
      FileStatus(
        kind: .file, device: 1, inode: inode, size: bytes(inode).count, modified: nodes[inode]?.modified ?? 0)
    }
  }

  fileprivate let state = Mutex(State())
  private let surprise = Mutex<(@Sendable () -> Void)?>(nil)

  package init() {}

  // What a test does to the files.

  /// Creates a file, or puts a new one in place of the one that is there.
  package func create(_ path: String, _ bytes: [UInt8]) {
    state.withLock { state in
      state.inodes[path] = state.makeFile(bytes)
      state.enter(path)
    }
  }

  package func create(_ path: String, _ text: String) { create(path, Array(text.utf8)) }

  package func append(_ path: String, _ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    state.withLock { state in
      if state.inodes[path] == nil {
        state.inodes[path] = state.makeFile([])
        state.enter(path)
      }
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
    state.withLock { state in
      state.inodes[path] = nil
      state.leave(path)
    }
  }

  package func rename(_ path: String, to other: String) {
    state.withLock { state in
      state.inodes[other] = state.inodes.removeValue(forKey: path)
      state.leave(path)
      state.enter(other)
    }
  }

  /// Makes a path name a file that is there under another path.
  package func link(_ path: String, to other: String) {
    state.withLock { state in
      state.inodes[path] = state.inodes[other]
      state.enter(path)
    }
  }

  /// Writes over the last bytes of a file.
  package func overwriteEnd(of path: String, _ bytes: [UInt8]) {
    state.withLock { $0.change(path) { $0.replaceSubrange(($0.count - bytes.count)..., with: bytes) } }
  }

  package func makeDirectory(_ path: String) {
    state.withLock { state in
      state.directories.insert(path)
      state.enter(path)
    }
  }

  /// Lets everything that is done to a path fail, or with `nil` work again.
  package func fail(_ path: String, with problem: FileProblem?) {
    state.withLock { $0.problems[path] = problem }
  }

  /// Writes to standard input.
  package func type(_ text: String) {
    state.withLock { $0.input += Array(text.utf8) }
  }

  /// Lets something happen right behind the back of a reader: after it next asked how an open file stands.
  package func afterNextStatus(_ body: @escaping @Sendable () -> Void) { surprise.withLock { $0 = body } }

  fileprivate func comeUpWithSurprise() {
    let body = surprise.withLock { next in
      defer { next = nil }
      return next
    }
    body?()
  }

  /// Files that were opened so far.
  package var opened: Int { state.withLock { $0.opened } }

  package func endInput() {
    state.withLock { $0.inputHasEnded = true }
  }

  // What is read.

  package func status(of path: String) throws(FileProblem) -> FileStatus {
    let result = state.withLock { state -> Result<FileStatus, FileProblem> in
      if let problem = state.problems[path] { return .failure(problem) }
      if let inode = state.inodes[path] { return .success(state.status(inode)) }
      guard state.directories.contains(path) else { return .failure(.missing) }
      return .success(state.directoryStatus(path))
    }
    return try result.get()
  }

  package func open(_ path: String) throws(FileProblem) -> any LogFile {
    let result = state.withLock { state -> Result<UInt64, FileProblem> in
      if let problem = state.problems[path] { return .failure(problem) }
      state.opened += 1
      return state.inodes[path].map { .success($0) } ?? .failure(.missing)
    }
    return FakeFile(self, path, inode: try result.get())
  }

  package func openPipe(_ path: String) throws(FileProblem) -> any LogPipe { FakePipe(self) }

  package func entries(of directory: String) throws(FileProblem) -> [String] {
    let result = state.withLock { state -> Result<[String], FileProblem> in
      if let problem = state.problems[directory] { return .failure(problem) }
      guard state.directories.contains(directory) else { return .failure(.missing) }
      return .success(Array(state.names(in: directory)))
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
    defer { system.comeUpWithSurprise() }
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

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> StreamRead {
    system.state.withLock { state in
      if state.input.isEmpty { return state.inputHasEnded ? .end : .nothing }
      let part = state.input.prefix(buffer.count)
      buffer.copyBytes(from: part)
      state.input.removeFirst(part.count)
      return .bytes(part.count)
    }
  }
}
