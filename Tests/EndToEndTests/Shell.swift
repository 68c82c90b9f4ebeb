import Foundation

/// Runs a program to its end.
enum Shell {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Not Foundation's `Process`: it waits until everything that the program leaves behind, such as a tmux server, is
  /// gone too. Input and output are files for the same reason.
  static func run(_ program: String, _ arguments: [String], input: String = "") throws -> Result {
    let folder = try TemporaryFolder()
    try folder.append(input, to: "input")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, folder.path("input"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder.path("output"), O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.path("errors"), O_WRONLY | O_CREAT, 0o600)
    // The threads that tests run on block signals, and a child inherits that: nothing could end it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var child = pid_t()
    let code = posix_spawnp(&child, program, &actions, &attributes, words + [nil], environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return Result(
      status: (status >> 8) & 0xFF, output: try folder.text(of: "output"),
      errors: try folder.text(of: "errors"))
  }
}

/// The program under test and the files around it.
enum Kltop {
  /// The binary that was built together with these tests.
  static let path: String = {
    let tests =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL ?? Bundle.main.bundleURL
    let beside = tests.deletingLastPathComponent().appendingPathComponent("kltop")
    return FileManager.default.isExecutableFile(atPath: beside.path)
      ? beside.path
      : CommandLine.arguments[0].split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/kltop"
  }()

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func sample(_ name: String) -> String {
    repository.appendingPathComponent("sample-runs").appendingPathComponent(name).path
  }

  static func run(_ arguments: String..., input: String = "") throws -> Shell.Result {
    try Shell.run(path, arguments, input: input)
  }
}

/// A folder that goes with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("kltop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }

  /// Adds text to the end of a file, which is made if it is not there.
  func append(_ text: String, to name: String) throws {
    if !FileManager.default.fileExists(atPath: path(name)) {
      try Data().write(to: url.appendingPathComponent(name))
    }
    let handle = try FileHandle(forWritingTo: url.appendingPathComponent(name))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
  }
}
