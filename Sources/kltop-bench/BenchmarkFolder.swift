#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A temporary folder that is gone with its owner.
struct BenchmarkFolder: ~Copyable {
  let path: String
  private var folders: [String] = []
  private var files: [String] = []

  /// Throws where the system gives no folder.
  init() throws(BenchmarkFailure) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/kltop-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw BenchmarkFailure(message: "no temporary folder in \(parent)")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for file in files { unlink(file) }
    for folder in folders.reversed() { rmdir(folder) }
    rmdir(path)
  }

  /// Adds a folder and states its path.
  mutating func add(_ name: String) throws(BenchmarkFailure) -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o700) == 0 else { throw BenchmarkFailure(message: "cannot make \(folder)") }
    folders.append(folder)
    return folder
  }

  /// Makes its files an hour old: a reader waits for what may still be written.
  func age() {
    let then = timeval(tv_sec: time(nil) - 3600, tv_usec: 0)
    for file in files { utimes(file, [then, then]) }
  }

  /// Adds a file.
  mutating func add(_ name: String, _ bytes: [UInt8]) throws(BenchmarkFailure) {
    let name = "\(path)/\(name)"
    guard let file = fopen(name, "w") else { throw BenchmarkFailure(message: "cannot write \(name)") }
    files.append(name)
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      throw BenchmarkFailure(message: "cannot write \(name)")
    }
  }
}
