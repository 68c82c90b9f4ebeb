package import FileAccess

/// What a path that names a run is.
package enum RunLocation: Sendable, Hashable {
  case file(String)
  /// Standard input (`-`), or a pipe that the shell has opened for the program (`<(zcat log.gz)`).
  case pipe(String)
  /// Many files of one folder that are one log, or a run in a database.
  case folder(FolderKind, String)
  /// A directory in which the run's logs are.
  case directory(String)
  /// Nothing yet: the path, or the log in its directory, may still be created.
  case waiting
  /// One line that says why the path cannot be used as it is.
  case unusable(String)

  /// What is at a path now.
  ///
  /// Pipes, devices and sockets with names of their own are not opened: a reader takes from a pipe what its owner waits
  /// for, and a device may act on being opened.
  package static func resolve(_ path: String, in fileSystem: any LogFileSystem) -> RunLocation {
    if path == PathText.standardInput { return .pipe(path) }
    do throws(FileProblem) {
      switch try fileSystem.status(of: path).kind {
      case .file: return FolderKind.of(path, in: fileSystem).map { .folder($0, path) } ?? .file(path)
      case .pipe: return isHandedOver(path) ? .pipe(path) : .unusable(pipeReason)
      case .directory: return .directory(path)
      }
    } catch {
      switch error {
      case .missing: return FolderKind.of(path, in: fileSystem).map { .folder($0, path) } ?? .waiting
      case .unreadable(let reason): return .unusable(reason)
      }
    }
  }

  /// Whether a path names a descriptor that the program was started with.
  private static func isHandedOver(_ path: String) -> Bool {
    ["/dev/fd/", "/dev/stdin", "/proc/self/fd/"].contains { path.hasPrefix($0) }
  }

  private static let pipeReason =
    "a named pipe, a device or a socket, and no log; kltop - reads what a program writes to standard input"

  /// What is at the path of a single log: a folder only where it is one itself.
  static func log(at path: String, in fileSystem: any LogFileSystem) -> RunLocation {
    let location = resolve(path, in: fileSystem)
    guard case .directory = location, let kind = FolderKind.of(path, in: fileSystem) else { return location }
    return .folder(kind, path)
  }
}
