/// How long the writer of a run is silent between two records.
package struct WritingGaps: Sendable, Hashable {
  /// When it last wrote, seconds since 1970.
  package private(set) var last: Double?
  /// The longest silence between two records, seconds.
  package private(set) var longest = 0.0
  /// The last ones, in a ring.
  private var recent: [Double] = []
  private var next = 0

  /// Silences that the median is of.
  private static let kept = 255

  package init() {}

  /// Takes note of a record written at a time; one that is not later than the last one says nothing.
  package mutating func note(time: Double) {
    guard time.isFinite, time > last ?? -.infinity else { return }
    if let last { add(time - last) }
    last = time
  }

  /// What comes next is written by another process: the pause before it is no silence.
  package mutating func pause() { last = nil }

  private mutating func add(_ gap: Double) {
    longest = max(longest, gap)
    if recent.count < Self.kept {
      recent.append(gap)
    } else {
      recent[next] = gap
      next = (next + 1) % Self.kept
    }
  }

  /// The median of the last silences, seconds; `nil` before there is one.
  package var median: Double? {
    let sorted = recent.sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
