internal import RunModel

/// Logged ÷ D(policy‖reference), mean over rows.
enum AuditRatio {
  /// Over all observations together; `nil` where that is not known or not finite.
  static func total(of observations: [AuditObservation]) -> Double? {
    var sums = (logged: 0.0, computed: 0.0)
    for observation in observations {
      guard let computed = observation.sums.meanPolicyReference, computed.isFinite else { continue }
      sums.logged += observation.logged
      sums.computed += computed
    }
    return sums.computed > 0 ? (sums.logged / sums.computed).finite : nil
  }

  /// Median distance from the median ratio, as a fraction of it; `nil` where no observation tells one.
  static func spread(of observations: [AuditObservation]) -> Double? {
    let ratios = observations.filter(\.isInformative).compactMap { observation in
      observation.sums.meanPolicyReference.flatMap { (observation.logged / $0).finite }
    }
    guard let middle = ratios.median, middle != 0 else { return nil }
    return ratios.map { abs($0 / middle - 1) }.median
  }
}

extension [Double] {
  /// The middle value of finite ones, the upper of two; `nil` without values.
  var median: Double? { isEmpty ? nil : sorted()[count / 2] }
}
