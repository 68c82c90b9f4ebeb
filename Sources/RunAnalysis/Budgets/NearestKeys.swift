internal import Curves
internal import RunLog
internal import RunModel

/// What a budget may have meant that names nothing the run has.
extension RunModel {
  private static var mostNamed: Int { 3 }
  /// Keys that are compared letter by letter.
  private static var mostCompared: Int { 200 }

  /// One line: what is not there, and what the nearest keys are.
  package func complaint(about budget: Budget) -> String {
    let nearest = nearestKeys(to: budget)
    let hint =
      nearest.isEmpty
      ? "it has no metrics and no divergence of an evaluation"
      : "the nearest are " + nearest.joined(separator: ", ")
    return "the budget \(budget.text) is about nothing in this log: \(hint)"
  }

  /// The first step with an evaluation that could have told of a budget's subject; `nil` before there is one.
  ///
  /// What follows from logits and rows is known only once some of them are measured.
  func firstEvaluation(for budget: Budget) -> Int? {
    switch budget.subject {
    case .divergence: firstMeasurement
    case .metric(let words):
      words.suffix(2) == ["token", "accuracy"] || words.last == "nll" ? firstMeasurement : firstEvaluation
    }
  }

  private var firstMeasurement: Int? {
    divergences.values.filter { $0.probe.phase == .eval }.compactMap { $0.points.first?.step }.min()
  }

  /// The first step with an evaluation; `nil` before there is one.
  private var firstEvaluation: Int? {
    let ofSeries = series.filter { $0.count > 0 && MetricKey($0.name).isAboutASet }
      .map { $0.current.step(0, rows: rows) }
    return (ofSeries + [firstMeasurement].compactMap(\.self)).min()
  }

  /// The keys whose words, and then letters, are most like those of the budget; the best first.
  package func nearestKeys(to budget: Budget) -> [String] {
    let name = budget.text.prefix { $0 != "=" }.filter { $0 != " " }.lowercased()
    let words = Set(Budget.words(name))
    let divergences = divergences.keys.filter { $0.phase == .eval }.sorted().map { probe in
      probe.set.map { "kl/" + $0 } ?? "kl"
    }
    let keys = divergences + series.filter { $0.count > 0 }.map(\.name)
    let byWords = keys.enumerated().map { place, key in
      (key: key, shared: words.intersection(Budget.words(key)).count, place: place)
    }.sorted { ($1.shared, $0.place) < ($0.shared, $1.place) }
    return byWords.prefix(Self.mostCompared)
      .map {
        (
          key: $0.key, shared: $0.shared,
          distance: Self.distance(Array(name.utf8), Array($0.key.lowercased().utf8))
        )
      }
      .sorted { ($1.shared, $0.distance, $0.key) < ($0.shared, $1.distance, $1.key) }
      .prefix(Self.mostNamed).map(\.key)
  }

  /// Letters to insert, to leave out or to change (Levenshtein 1965), of the first ones.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    let (left, right) = (left.prefix(64), right.prefix(64))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in right.enumerated() {
        let change = diagonal + (letter == other ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(change, row[place] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
