/// What several tasks lost and won together: means over retention metrics of one kind.
package struct ForgettingAverage: Sendable, Hashable {
  package var kind: RetentionMetric.Kind
  /// Tasks that the means are over.
  package var tasks: Int
  /// Mean of best so far − now (Chaudhry et al. 2018), worse where positive; `nil` where every task has one evaluation.
  package var averageForgetting: Double?
  /// Mean of now − start (Lopez-Paz & Ranzato 2017), better where positive.
  package var backwardTransfer: Double
  /// True where all of them are fractions.
  package var isFraction: Bool

  /// One for each kind with several tasks: old ones, or all where the log names none as old.
  package static func all(of standings: [RetentionStanding]) -> [ForgettingAverage] {
    let old = standings.filter(\.metric.isOld)
    let tasks = old.isEmpty ? standings : old
    return RetentionMetric.Kind.allCases.compactMap { kind in
      ForgettingAverage(
        tasks.filter { $0.metric.kind == kind }.oneForEachSet(metric: \.metric, evaluations: \.count),
        kind: kind)
    }
  }

  private init?(_ tasks: [RetentionStanding], kind: RetentionMetric.Kind) {
    guard tasks.count > 1 else { return nil }
    self.kind = kind
    self.tasks = tasks.count
    let losses = tasks.compactMap(\.forgetting)
    averageForgetting = losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count)
    backwardTransfer = tasks.reduce(0) { $0 + $1.backwardTransfer } / Double(tasks.count)
    isFraction = tasks.allSatisfy(\.isFraction)
  }
}
