package import Divergence
internal import RealModule
internal import RunModel

// A statistic of a row that is new is declared, measured and printed in this file alone.

extension LogitsReport {
  package struct Step: Sendable, Encodable {
    @OrNull package var step: Int?
    /// Rows that count, NaN ones among them.
    package var rows: Int
    package var nanRows: Int
    package var policyReference: RowStatistics
    package var referencePolicy: RowStatistics
    package var sameTop1: Fraction
    package var entropy: Entropy
    package var totalVariation: TotalVariation
    /// Nil without targets.
    @OrNull package var target: Target?
    package var klDiv: Reductions
    /// Largest D(policy‖reference) first.
    package var samples: [Sample]

    private enum CodingKeys: String, CodingKey {
      case step, rows, nanRows, policyReference, referencePolicy, entropy, totalVariation, target, klDiv,
        samples
      case sameTop1 = "same_top_1"
    }
  }

  /// A share of the rows, 0…1.
  package struct Fraction: Sendable, Encodable {
    package var fraction: Double
    /// √(f(1 − f)/(n − 1)), nil for a single row.
    @OrNull package var standardError: Double?
  }

  /// Means over the rows.
  package struct Entropy: Sendable, Encodable {
    package var policy: Double
    package var reference: Double
  }

  package struct TotalVariation: Sendable, Encodable {
    /// ½ Σ |P − Q|, 0…1.
    package var mean: Double
  }

  /// What both models give the right class, over the rows that have one.
  package struct Target: Sendable, Encodable {
    package var rows: Int
    /// Mean of p_policy − p_reference.
    package var deltaPMean: Double
    /// Root of the mean square of p_policy − p_reference.
    package var deltaPRms: Double
    /// Mean of −log p.
    package var nllPolicy: Double
    package var nllReference: Double
  }

  /// The exact sum of D(policy‖reference) over the rows, divided as `torch.nn.functional.kl_div` does.
  package struct Reductions: Sendable, Encodable {
    /// ÷ rows and entries.
    package var mean: Double
    /// ÷ size of the first dimension: samples, of which at least one row counts.
    package var batchmean: Double
    package var sum: Double
    /// True where torch has 0·∞ in these rows: an entry that both models exclude.
    package var torchWouldGiveNaN: Bool

    private enum CodingKeys: String, CodingKey {
      case mean, batchmean, sum
      case torchWouldGiveNaN = "torch_would_give_nan"
    }
  }

  package struct Sample: Sendable, Encodable {
    /// Its number, or the name of its prompt.
    package var sample: String
    package var rows: Int
    /// Means over its rows.
    package var policyReference: Double
    package var referencePolicy: Double
  }
}

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
