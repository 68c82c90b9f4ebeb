internal import FileAccess

/// Names of the entries of directories, read again only where a directory has changed.
///
/// A run that is being written is looked for at every turn; asking for a directory's status is cheap where reading it
/// is not.
final class DirectoryListings {
  private struct Listing {
    var status: FileStatus
    var names: [String]
    /// Times it may still be used unread: a change within the resolution of the file system's clock does not show.
    var uses: Int
  }

  private static let mostUses = 16

  let fileSystem: any LogFileSystem
  /// Looks into files of unusual names.
  let probe: LogProbe
  private var listings: [String: Listing] = [:]

  init(_ fileSystem: any LogFileSystem) {
    self.fileSystem = fileSystem
    probe = LogProbe(fileSystem)
  }

  /// Entries that are not hidden, sorted; none where there is no directory that can be read.
  func names(of directory: String) -> [String] {
    guard let status = try? fileSystem.status(of: directory), status.kind == .directory else {
      listings[directory] = nil
      return []
    }
    if let known = listings[directory], known.status == status, known.uses > 0 {
      listings[directory]?.uses -= 1
      return known.names
    }
    let names = ((try? fileSystem.entries(of: directory)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    listings[directory] = Listing(status: status, names: names, uses: Self.mostUses)
    return names
  }

  /// Why the entries of a directory cannot be read; `nil` where they can.
  func problem(of directory: String) -> String? {
    do throws(FileProblem) {
      _ = try fileSystem.entries(of: directory)
      return nil
    } catch {
      if case .unreadable(let reason) = error { return reason }
      return nil
    }
  }

  func isFile(_ path: String) -> Bool { (try? fileSystem.status(of: path).kind) == .file }

  /// Directories that were looked at: where something new would show.
  var known: [String] { listings.keys.sorted() }
}
