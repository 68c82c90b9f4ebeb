/// Steps in rising order, kept as runs of equal distance: a log that counts evenly takes one entry however long it is.
///
/// Of steps without any rhythm only the last ones are known: a run takes 24 bytes, and there are at most 4,096.
struct StepRuns: Sendable, Equatable {
  private struct Run: Sendable, Equatable {
    var first: Int
    /// Distance of two steps that follow each other; 0 for a single one.
    var gap: Int
    /// At least 1.
    var count: Int

    var last: Int { first + gap * (count - 1) }

    /// True where a step between `first` and `last` is one of the run.
    func holds(_ step: Int) -> Bool { step == first || (gap > 0 && (step - first) % gap == 0) }
  }

  private var runs: ContiguousArray<Run> = []
  /// The highest step; `nil` before there is one.
  private(set) var last: Int?
  /// The step that would go on with the last run.
  private var next = Int.min
  /// Steps that are known.
  private(set) var count = 0

  /// More runs than this forget the earlier half.
  private static let mostRuns = 4096
  /// Their product is an integer, so that a run reaches nowhere beyond the integers.
  private static let largestGap = 1 << 31
  private static let mostOfRun = 1 << 30
  /// Gaps that the usual one is taken from.
  private static let usualGaps = 16
  /// Fewer steps have no rhythm yet.
  private static let fewSteps = 4
  /// A step with more steps above it than these divides its run for good.
  private static let mostSortedAnew = 256

  /// The lowest step that is known; `nil` before there is one.
  var first: Int? { runs.first?.first }

  /// Adds a step above all others.
  @inline(__always)
  mutating func append(_ step: Int) {
    count += 1
    if step == next, last != nil {
      runs[runs.count - 1].count += 1
      last = step
      noteNext()
    } else {
      appendApart(step)
    }
  }

  private mutating func appendApart(_ step: Int) {
    last = step
    if let run = runs.last, run.count == 1 {
      let (gap, overflows) = step.subtractingReportingOverflow(run.first)
      if !overflows, gap <= Self.largestGap {
        runs[runs.count - 1] = Run(first: run.first, gap: gap, count: 2)
        return noteNext()
      }
    }
    runs.append(Run(first: step, gap: 0, count: 1))
    if runs.count > Self.mostRuns { forgetEarlierHalf() }
    noteNext()
  }

  private mutating func forgetEarlierHalf() {
    count -= runs[..<(runs.count / 2)].reduce(0) { $0 + $1.count }
    runs.removeFirst(runs.count / 2)
  }

  @inline(__always)
  private mutating func noteNext() {
    let run = runs[runs.count - 1]
    let (sum, overflows) = (last ?? 0).addingReportingOverflow(run.gap)
    next = run.gap > 0 && run.count < Self.mostOfRun && !overflows ? sum : Int.min
  }

  /// Index of the last run that begins at or below a step; −1 where there is none.
  private func place(of step: Int) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].first <= step { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  func contains(_ step: Int) -> Bool {
    let place = place(of: step)
    return place >= 0 && step <= runs[place].last && runs[place].holds(step)
  }

  /// The nearest known steps below and above one that is not known.
  func neighbours(of step: Int) -> (below: Int?, above: Int?) {
    let place = place(of: step)
    let following = runs.indices.contains(place + 1) ? runs[place + 1].first : nil
    guard place >= 0 else { return (nil, following) }
    let run = runs[place]
    guard step < run.last else { return (run.last, following) }
    let below = run.first + (step - run.first) / run.gap * run.gap
    return (below, below + run.gap)
  }

  /// True where no value is at a step, and the steps around it leave room for one.
  func hasHole(at step: Int) -> Bool {
    guard !contains(step) else { return false }
    let (below, above) = neighbours(of: step)
    guard let below else { return false }
    guard count >= Self.fewSteps, let above else { return true }
    return Double(above) - Double(below) > 1.5 * Double(usualGap)
  }

  /// The commonest distance of the last steps, of equally common ones the smallest; 1 where there is none.
  var usualGap: Int {
    var counts: [(gap: Int, count: Int)] = []
    var left = Self.usualGaps
    for index in runs.indices.reversed() where left > 0 {
      let run = runs[index]
      note(run.gap, min(left, run.count - 1), in: &counts)
      left -= min(left, run.count - 1)
      guard left > 0, index > 0 else { continue }
      let (gap, overflows) = run.first.subtractingReportingOverflow(runs[index - 1].last)
      if !overflows { note(gap, 1, in: &counts) }
      left -= 1
    }
    return counts.max { ($0.count, -$0.gap) < ($1.count, -$1.gap) }?.gap ?? 1
  }

  private func note(_ gap: Int, _ count: Int, in counts: inout [(gap: Int, count: Int)]) {
    guard count > 0 else { return }
    if let known = counts.firstIndex(where: { $0.gap == gap }) {
      counts[known].count += count
    } else {
      counts.append((gap, count))
    }
  }

  /// Adds a step wherever its place is; one that is known stays as it is.
  mutating func insert(_ step: Int) {
    guard let last, step <= last else { return append(step) }
    guard !contains(step) else { return }
    guard let above = stepsAbove(step) else { return divide(at: step) }
    truncate(from: step)
    append(step)
    for step in above { append(step) }
  }

  /// The steps above one, in order; `nil` where they are too many to be sorted anew.
  private func stepsAbove(_ step: Int) -> [Int]? {
    var steps: [Int] = []
    for run in runs.reversed() where run.last > step {
      for index in (0..<run.count).reversed() where run.first + run.gap * index > step {
        if steps.count == Self.mostSortedAnew { return nil }
        steps.append(run.first + run.gap * index)
      }
    }
    return steps.reversed()
  }

  private mutating func divide(at step: Int) {
    count += 1
    let place = place(of: step)
    let new = Run(first: step, gap: 0, count: 1)
    guard place >= 0, step < runs[place].last else {
      runs.insert(new, at: place + 1)
      return
    }
    let run = runs[place]
    let below = (step - run.first) / run.gap + 1
    let above = Run(first: run.first + run.gap * below, gap: run.gap, count: run.count - below)
    runs.replaceSubrange(
      place...place, with: [Run(first: run.first, gap: run.gap, count: below), new, above])
    if runs.count > Self.mostRuns { forgetEarlierHalf() }
  }

  /// Forgets every step from `step` on.
  mutating func truncate(from step: Int) {
    while let run = runs.last, run.last >= step {
      runs.removeLast()
      count -= run.count
      guard run.first < step else { continue }
      // Steps are below `step`: the distance of the last of them to the first is one of the run.
      let kept = (step - 1 - run.first) / max(1, run.gap) + 1
      runs.append(Run(first: run.first, gap: kept > 1 ? run.gap : 0, count: kept))
      count += kept
    }
    last = runs.last?.last
    if runs.isEmpty { next = .min } else { noteNext() }
  }
}
