package import FileAccess

/// The runs of a dashboard, of which some are read: each on threads of its own, a bounded number at once.
package struct RunSources {
  /// Runs that are read at once unless the user asks for more: each has threads and descriptors of its own.
  package static let mostOpened = 8

  /// Seconds that threads get for their end.
  private static let patience = 0.5

  private var runs: [RunLoading]
  private var opened: [(run: Int, source: RunSource)] = []
  /// Position in `opened` of the source that is asked next.
  private var turn = 0

  /// Opens the first ones.
  ///
  /// - Throws: where the system has no more descriptors or threads.
  package init(_ runs: [RunLoading]) throws(FileProblem) {
    self.runs = runs
    for run in runs.indices.prefix(Self.mostOpened) { try open(run) }
  }

  /// Readable while there is something to take.
  package var wakeDescriptors: [Int32] { opened.flatMap(\.source.wakeDescriptors) }

  /// Opens a run that was not; one that is stays as it is.
  package mutating func open(_ run: Int) throws(FileProblem) {
    guard runs.indices.contains(run), !opened.contains(where: { $0.run == run }) else { return }
    opened.append((run, try RunSource(runs[run])))
  }

  /// Adds a run behind the others, and opens it where few are open.
  package mutating func add(_ run: RunLoading) throws(FileProblem) {
    runs.append(run)
    if opened.count < Self.mostOpened { try open(runs.count - 1) }
  }

  /// The next news of any run, or `nil` where there is none yet; never waits. Runs take turns.
  package mutating func take() -> (run: Int, news: RunSource.News)? {
    for _ in opened.indices {
      let place = turn
      turn = (turn + 1) % opened.count
      if let news = opened[place].source.take() { return (opened[place].run, news) }
    }
    return nil
  }

  /// Ends all threads; those that hang share the time that is waited for them.
  package func stop() {
    for (_, source) in opened { source.askToStop() }
    let end = SystemClock.secondsSince1970() + Self.patience
    for (_, source) in opened {
      source.stop(patience: Int32(max(0, min(Self.patience, end - SystemClock.secondsSince1970())) * 1000))
    }
  }
}
