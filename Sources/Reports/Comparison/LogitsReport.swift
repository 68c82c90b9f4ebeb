package import Divergence
package import RunModel

/// The divergence of files of logits, as `kltop kl` tells it; the property names are the keys of the JSON output.
package struct LogitsReport: Sendable, Encodable {
  package var policy: String
  /// Nil where the policy's files hold the reference as well.
  @OrNull package var reference: String?
  package var unit: DivergenceUnit
  /// Entries of each row that were compared.
  package var vocabulary: Int
  /// In the order of the steps; one without a step first.
  package var steps: [Step]
  package var findings: [Finding]
  package var ignored: [Ignored]

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

  package struct Finding: Sendable, Encodable {
    package var severity: String
    package var code: LogitsFindingCode
    /// First step it holds at.
    @OrNull package var step: Int?
    /// Number of steps.
    package var count: Int
    package var message: String
  }

  /// A file that was left out.
  package struct Ignored: Sendable, Encodable {
    package var path: String
    package var reason: String
  }

  /// One line of JSON.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}
