#if canImport(Glibc)
  import Glibc
#endif

/// Tells of changes of files and directories, where the system can.
///
/// It is a hint: network file systems do not notify, and without it a slow poll finds everything too.
struct FileWatcher: ~Copyable {
  #if os(Linux)
    private let inotify: Int32
    private var watches: Set<Int32> = []

    private static let fileEvents = UInt32(IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
    private static let directoryEvents =
      UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF)

    init() {
      inotify = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    }

    deinit {
      if inotify >= 0 { close(inotify) }
    }

    /// Readable when something has changed.
    var descriptor: Int32? { inotify >= 0 ? inotify : nil }

    /// Watches these and nothing else; true where one was not watched before, so that it may have changed unseen.
    mutating func watch(_ targets: WatchTargets) -> Bool {
      guard inotify >= 0 else { return false }
      var current: Set<Int32> = []
      for directory in targets.directories {
        current.insert(inotify_add_watch(inotify, directory, Self.directoryEvents))
      }
      for file in targets.files { current.insert(inotify_add_watch(inotify, file, Self.fileEvents)) }
      current.remove(-1)
      for gone in watches.subtracting(current) { inotify_rm_watch(inotify, gone) }
      let hasNew = !current.isSubset(of: watches)
      watches = current
      return hasNew
    }

    /// Forgets the changes so far.
    func clear() {
      guard inotify >= 0 else { return }
      withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
        while read(inotify, buffer.baseAddress, buffer.count) > 0 {}
      }
    }
  #else
    var descriptor: Int32? { nil }
    mutating func watch(_ targets: WatchTargets) -> Bool { false }
    func clear() {}
  #endif
}

/// What to watch for changes of a run's log.
package struct WatchTargets: Sendable, Hashable {
  /// The logs, where they are files that are open.
  package var files: [String]
  /// Directories in which the log may appear, disappear or be replaced.
  package var directories: [String]
}
