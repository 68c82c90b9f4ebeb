internal import Divergence
internal import RealModule
internal import RunModel

extension LogitsReport.Step {
  /// - Parameter vocabulary: entries of each row.
  init(step: Int?, _ prompts: [PromptRows], vocabulary: Int) {
    let rows = prompts.flatMap(\.rows)
    let divergences = rows.map(\.divergence)
    let samples = Self.sampleOfRows(prompts)
    let sum = orderedSum(divergences.map(\.policyReference))
    self.init(
      step: step, rows: rows.count, nanRows: divergences.count { $0.isNaN },
      policyReference: statistics(divergences.map(\.policyReference), samples: samples),
      referencePolicy: statistics(divergences.map(\.referencePolicy), samples: samples),
      sameTop1: LogitsReport.Fraction(of: divergences.count { $0.sameTop1 }, in: rows.count),
      entropy: LogitsReport.Entropy(
        policy: orderedMean(divergences.map(\.policyEntropy)),
        reference: orderedMean(divergences.map(\.referenceEntropy))),
      totalVariation: LogitsReport.TotalVariation(
        mean: orderedMean(divergences.compactMap(\.totalVariation))),
      target: LogitsReport.Target(rows.compactMap(\.targetLogProbabilities)),
      klDiv: LogitsReport.Reductions(
        mean: sum / (Double(rows.count) * Double(vocabulary)),
        batchmean: sum / Double(prompts.reduce(0) { $0 + $1.firstDimension }), sum: sum,
        torchWouldGiveNaN: rows.isEmpty || rows.contains { $0.givesNaNInTorch }),
      samples: LogitsReport.Sample.samples(prompts))
  }

  /// A number for each row, the same for rows of one sample of one prompt.
  private static func sampleOfRows(_ prompts: [PromptRows]) -> [Int] {
    var count = 0
    return prompts.flatMap(\.samples).flatMap { _, rows in
      count += 1
      return Array(repeating: count, count: rows.count)
    }
  }
}

extension LogitsReport.Fraction {
  fileprivate init(of count: Int, in rows: Int) {
    let share = Double(count) / Double(rows)
    self.init(
      fraction: share, standardError: rows > 1 ? (share * (1 - share) / Double(rows - 1)).squareRoot() : nil)
  }
}

extension LogitsReport.Target {
  /// - Parameter logProbabilities: of the right class, one for each row that has one; nil without any.
  fileprivate init?(_ logProbabilities: [(policy: Double, reference: Double)]) {
    guard !logProbabilities.isEmpty else { return nil }
    let changes = logProbabilities.map { Double.exp($0.policy) - Double.exp($0.reference) }
    rows = logProbabilities.count
    deltaPMean = orderedMean(changes)
    deltaPRms = orderedMean(changes.map { $0 * $0 }).squareRoot()
    nllPolicy = orderedMean(logProbabilities.map { -$0.policy })
    nllReference = orderedMean(logProbabilities.map { -$0.reference })
  }
}

extension LogitsReport.Sample {
  /// All samples, the one that diverged most first, NaN before all.
  fileprivate static func samples(_ prompts: [PromptRows]) -> [LogitsReport.Sample] {
    let samples = prompts.flatMap { prompt in
      prompt.samples.map { number, rows in
        LogitsReport.Sample(
          sample: prompt.label(ofSample: number), rows: rows.count,
          policyReference: orderedMean(rows.map(\.divergence.policyReference)),
          referencePolicy: orderedMean(rows.map(\.divergence.referencePolicy)))
      }
    }
    return samples.enumerated().sorted { left, right in
      let (a, b) = (left.element.policyReference, right.element.policyReference)
      return isBelow(b, a) || (!isBelow(a, b) && left.offset < right.offset)
    }.map(\.element)
  }
}

extension PromptRows {
  /// Size of the first dimension as torch is given the rows that count.
  fileprivate var firstDimension: Int {
    // Without a batch the positions come first.
    hasSamples ? samples.count : rows.count
  }

  fileprivate func label(ofSample number: Int) -> String {
    if names.indices.contains(number) { return names[number] }
    guard let name else { return "\(number)" }
    return hasSamples ? "\(name)[\(number)]" : name
  }
}

private func statistics(_ values: [Double], samples: [Int]) -> RowStatistics {
  RowStatistics(values.span, samples: samples.span)
}

/// Order of size; NaN above all.
private func isBelow(_ left: Double, _ right: Double) -> Bool {
  right.isNaN ? !left.isNaN : left < right
}

/// The sum in the order of size: it does not depend on the order of the values.
private func orderedSum(_ values: [Double]) -> Double { values.sorted(by: isBelow).reduce(0, +) }

/// NaN without values.
private func orderedMean(_ values: [Double]) -> Double { orderedSum(values) / Double(values.count) }
