internal import RunModel

/// What is said of the places where a run went back, or its file began anew.
enum RestartText {
  /// The latest ones, and how many there were before them.
  static func sentence(_ restarts: [Restart], keepsBranches: Bool) -> String {
    let listed = restarts.suffix(mostListed).map(event)
    let earlier = restarts.count - listed.count
    let events = (earlier > 0 ? ["\(earlier) earlier"] : []) + listed
    let branch = keepsBranches ? "; the old branch is dimmed, b hides it" : ""
    return events.joined(separator: ", then ") + branch
  }

  /// More than these make no sentence.
  private static let mostListed = 4

  private static func event(_ restart: Restart) -> String {
    // A run that goes back starts at a step it has been at; anything else is another file.
    restart.toStep > restart.fromStep
      ? "the file was replaced or truncated after step \(restart.fromStep), goes on at \(restart.toStep)"
      : "run went back from step \(restart.fromStep) to \(restart.toStep) (\(restart.place))"
  }
}

extension RunModel {
  /// True where a restart replaced points that are still drawn.
  var keepsAbandonedBranches: Bool {
    series.contains { !$0.abandoned.isEmpty } || divergences.values.contains { !$0.abandoned.isEmpty }
      || estimates.values.contains { !$0.abandoned.isEmpty }
  }
}
