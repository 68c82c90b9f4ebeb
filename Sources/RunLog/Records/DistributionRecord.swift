/// Distributions of both models that came with a record.
package struct DistributionRecord: Sendable {
  /// Index into the batch's `records`.
  package var record: Int
  /// Group of probes (new task, retention, …); `nil` where the log names none.
  package var set: String?
  package var content: Content

  package enum Content: Sendable {
    case logits(InlineLogits)
    case sampledTokens(SampledTokens)
    case topEntries(TopEntries)
    case file(LogitsFileName)
    case completion(SampleCompletion)
  }

  package init(record: Int, set: String?, content: Content) {
    self.record = record
    self.set = set
    self.content = content
  }
}

/// `completion` and `ref_completion`: how each model continues a sample's prompt.
package struct SampleCompletion: Sendable, Hashable {
  package var sample: String
  /// Nil where the record gives none.
  package var policy: String?
  package var reference: String?

  package init(sample: String, policy: String?, reference: String?) {
    self.sample = sample
    self.policy = policy
    self.reference = reference
  }
}

/// `logits_file` or `rows_file`: where the logits or rows of a record are, and what the record says about them.
package struct LogitsFileName: Sendable, Hashable {
  /// As it was written, relative to the log.
  package var path: String
  /// Names of the samples where the record gives them, else empty.
  package var names: [String]
  /// Texts of the positions, or of all rows, or empty.
  package var tokens: [String]

  /// It is a file of rows, not of logits.
  package var isRows: Bool

  package init(path: String, names: [String] = [], tokens: [String] = [], isRows: Bool = false) {
    self.path = path
    self.isRows = isRows
    self.names = names
    self.tokens = tokens
  }
}

/// Logits of a record: `samples` × `positions` rows of `vocabulary` entries, row-major, float64 as they were written.
package struct InlineLogits: Sendable {
  /// Number of samples B; 1 for a single row and for one sequence.
  package var samples: Int
  /// Token positions a sample T; 1 where the samples are not sequences.
  package var positions: Int
  /// Classes or vocabulary entries V.
  package var vocabulary: Int
  /// True where the array in the log had an axis of token positions.
  package var isSequence: Bool
  /// B × T × V, or empty where the record has only the reference's logits (`ref_logits` given ahead or once).
  package var policy: [Double]
  /// B × T × V, or `nil` where the record has none of its own.
  package var reference: [Double]?
  /// B names where the log names its samples, else empty.
  package var names: [String]
  /// B × T, or empty where everything counts.
  package var mask: [Bool]
  /// B × T indices of the right class; −1 where a row has none; empty where there are no targets.
  package var targets: [Int]
  /// T texts (one sequence) or B × T, or empty.
  package var tokens: [String]
  /// V names given with the record (`labels` or `classes`), or empty.
  package var labels: [String]

  package init(samples: Int, positions: Int, vocabulary: Int, isSequence: Bool, policy: [Double]) {
    self.samples = samples
    self.positions = positions
    self.vocabulary = vocabulary
    self.isSequence = isSequence
    self.policy = policy
    self.reference = nil
    self.names = []
    self.mask = []
    self.targets = []
    self.tokens = []
    self.labels = []
  }

  /// B × T.
  package var rows: Int { samples * positions }
}

/// Log-probabilities of the tokens that were sampled, nats, one entry a position.
package struct SampledTokens: Sendable {
  package var sample: String?
  package var policy: [Double]
  package var reference: [Double]
  /// Same length as `policy`, or empty where everything counts.
  package var mask: [Bool]
  /// Who the tokens were sampled from (`policy`, `reference`, …), as the log says it.
  package var sampledFrom: String?

  package init(
    sample: String?, policy: [Double], reference: [Double], mask: [Bool], sampledFrom: String?
  ) {
    self.sample = sample
    self.policy = policy
    self.reference = reference
    self.mask = mask
    self.sampledFrom = sampledFrom
  }
}

/// The k likeliest entries of a distribution, the same ids for both models: `rows` × `k`, row-major, nats.
package struct TopEntries: Sendable {
  package var sample: String?
  package var rows: Int
  package var k: Int
  package var ids: [Int]
  package var policy: [Double]
  package var reference: [Double]

  package init(
    sample: String?, rows: Int, k: Int, ids: [Int], policy: [Double], reference: [Double]
  ) {
    self.sample = sample
    self.rows = rows
    self.k = k
    self.ids = ids
    self.policy = policy
    self.reference = reference
  }
}
