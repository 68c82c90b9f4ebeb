internal import FileAccess

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A descriptor that is readable while it is signalled, so that `poll` can wait for another thread.
final class WakePipe: Sendable {
  /// Readable from `signal` to `clear`.
  let descriptor: Int32
  private let writeEnd: Int32

  init() throws(FileProblem) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .unreadable("no pipe: " + String(cString: strerror(errno))) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(descriptor)
    close(writeEnd)
  }

  func signal() {
    var byte: UInt8 = 0
    // A full pipe is signalled already.
    _ = write(writeEnd, &byte, 1)
  }

  func clear() {
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    while read(descriptor, &bytes, MemoryLayout.size(ofValue: bytes)) > 0 {}
  }

  /// Waits until one of several descriptors is readable, or for some milliseconds; true where the first one is.
  static func wait(for descriptors: [Int32], milliseconds: Int32) -> Bool {
    var questions = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let ready = poll(&questions, nfds_t(questions.count), milliseconds)
    return ready > 0 && questions.first.map { $0.revents != 0 } ?? false
  }
}
