package import FileAccess
package import RunLog

/// Looks for the runs that paths name on a thread of its own, once and then again and again: a sweep adds runs while it is
/// watched.
package struct RunFinder {
  private let worker: WorkerThread<Never, [RunCatalogue.Entry]>

  /// Milliseconds between two looks.
  private static let pause: Int32 = 5000
  /// One pause more is made for so many runs.
  private static let runsPerPause = 100
  /// Milliseconds that a start waits for the first look: paths on a file system that hangs are then runs as they stand.
  private static let patience: Int32 = 2000

  /// - Throws: where the system has no more descriptors or threads.
  package init(_ paths: [String]) throws(FileProblem) {
    var known: Set<String> = []
    var rest = 0
    worker = try WorkerThread(lookAround: Self.pause) { _ in
      // Thousands of folders are not looked into all the time.
      guard rest == 0 else {
        rest -= 1
        return nil
      }
      let found = RunCatalogue().runs(at: paths).filter { known.insert($0.path).inserted }
      rest = known.count / Self.runsPerPause
      return found.isEmpty ? nil : found
    }
  }

  /// Readable while there are new runs.
  package var wakeDescriptor: Int32 { worker.wakeDescriptor }

  /// The runs that are there at first; `nil` where that cannot be said in time.
  package func first() -> [RunCatalogue.Entry]? {
    worker.wait(milliseconds: Self.patience)
    return worker.take()
  }

  /// Runs that came since the last time.
  package func take() -> [RunCatalogue.Entry]? { worker.take() }

  package func stop() { worker.stop() }
}
