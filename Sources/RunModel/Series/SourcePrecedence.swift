internal import Curves

/// Which of several sources is believed about a quantity that all of them give; the greatest is.
///
/// In this order: one that has points; one that grew while it was watched, before one that stood still; the one that went
/// back more often, because what another one has beyond may have been replaced since; the one that reaches the higher
/// step; the richer dialect; the one with more points.
struct SourcePrecedence: Comparable {
  private let ranks: [Int]

  init(_ series: Series, richness: Int) {
    ranks = [
      series.count > 0 ? 1 : 0, series.hasGrown ? 1 : 0, series.abandoned.count, series.current.lastStep,
      richness, series.count,
    ]
  }

  static func < (left: Self, right: Self) -> Bool { left.ranks.lexicographicallyPrecedes(right.ranks) }
}
