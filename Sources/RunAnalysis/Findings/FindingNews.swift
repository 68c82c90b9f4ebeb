internal import RunModel

/// Which findings of a run are new: each is told once, and again only after it was gone or had recovered.
package struct FindingNews: Sendable {
  private struct Subject: Hashable {
    var code: FindingCode
    var series: String?
  }

  /// What was told, with the restarts of the run until then.
  private var told: [Subject: Int] = [:]

  package init() {}

  /// Those of `findings` that were not told yet.
  ///
  /// - Parameters:
  ///   - findings: all that hold, or held.
  ///   - restarts: of the run so far: what one of them withdrew and what then comes again is news.
  package mutating func take(_ findings: [Finding], restarts: Int) -> [Finding] {
    var present: Set<Subject> = []
    var news: [Finding] = []
    for finding in findings {
      let subject = Subject(code: finding.code, series: finding.series)
      // What has recovered may happen again.
      guard finding.recoveredAt == nil else {
        told[subject] = nil
        continue
      }
      present.insert(subject)
      if told.updateValue(restarts, forKey: subject) == nil { news.append(finding) }
    }
    for (subject, before) in told where !present.contains(subject) && before < restarts {
      told[subject] = nil
    }
    return news
  }
}
