import FileAccess
import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is known of a training that `kltop run` started: a small file in its directory.
struct KeptRun: Codable {
  var command: [String]
  var process: pid_t?
  /// Exit status; `nil` while it runs.
  var status: Int32?
  /// Seconds since 1970.
  var ended: Double?

  init(command: [String]) { self.command = command }

  private static let folder = ".kltop"
  private static let name = "run.json"

  private static func path(in dir: String) -> String { PathText.joined(PathText.joined(dir, folder), name) }

  static func console(in dir: String) -> String { PathText.joined(dir, "console.log") }

  static func consoleSize(in dir: String) -> Int {
    (try? DiskFileSystem().status(of: console(in: dir)).size) ?? 0
  }

  /// What an earlier training left says nothing of the next one.
  static func forget(in dir: String) { unlink(path(in: dir)) }

  static func read(in dir: String) -> KeptRun? {
    guard let bytes = SmallFile.contents(of: path(in: dir)) else { return nil }
    return try? JSONDecoder().decode(KeptRun.self, from: Data(bytes))
  }

  /// Written aside and then renamed: a reader never sees half of it. Where the disk is full it is not written.
  func write(in dir: String) {
    guard let data = try? JSONEncoder().encode(self) else { return }
    mkdir(PathText.joined(dir, Self.folder), 0o755)
    let (path, aside) = (Self.path(in: dir), Self.path(in: dir) + ".tmp")
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    let isWritten = (try? FileDescriptor(rawValue: descriptor).writeAll(data)) != nil
    close(descriptor)
    if isWritten { rename(aside, path) }
  }

  /// Copies what is new in the console to standard output; the offset that it got to.
  static func copyConsole(in dir: String, from start: Int) -> Int {
    let descriptor = open(console(in: dir), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return start }
    defer { close(descriptor) }
    var position = start
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = pread(descriptor, &buffer, buffer.count, off_t(position))
      guard count > 0 else { return position }
      position += count
      var written = 0
      while written < count {
        let step = buffer.withUnsafeBytes {
          Self.output($0.baseAddress?.advanced(by: written), count - written)
        }
        // Nobody listens any more: the output is kept all the same.
        guard step > 0 || errno == EINTR else { return position }
        written += max(0, step)
      }
    }
  }

  private static func output(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(1, bytes, count)
    #else
      Darwin.write(1, bytes, count)
    #endif
  }
}

/// A file of a few lines.
enum SmallFile {
  private static let mostBytes = 1 << 20

  static func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < mostBytes {
      let count = read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { return nil }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}

/// Where programs are.
enum ProgramPath {
  /// The program that runs.
  static var own: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return CommandLine.arguments[0] }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of a program as a shell would find it; `nil` where it would not.
  static func find(_ name: String) -> String? {
    func isProgram(_ path: String) -> Bool {
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
    if name.contains("/") { return isProgram(name) ? name : nil }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { PathText.joined(String($0), name) }.first(where: isProgram)
  }
}

enum Directories {
  /// Makes a directory and those that it is in.
  static func make(_ path: String) throws(Errno) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      guard mkdir(made, 0o755) != 0 else { continue }
      let error = Errno(rawValue: errno)
      var status = stat()
      guard stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw error }
    }
  }
}
