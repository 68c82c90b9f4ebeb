/// A row of a rows file, as tests write it: log-probabilities of a whole vocabulary, which are reduced in float64.
package struct WrittenRow: Sendable {
  package var policy: [Double]
  package var reference: [Double]
  /// −1 where no token came.
  package var target: Int
  package var position: Int

  /// - Parameters: logits of V entries.
  package init(policy: [Double], reference: [Double], target: Int = -1, position: Int = 0) {
    self.policy = LogitsMath.logSoftmax(policy)
    self.reference = LogitsMath.logSoftmax(reference)
    self.target = target
    self.position = position
  }

  /// D of the first distribution from the second, nats.
  package static func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(p, q).reduce(0) { $0 + ($1.0 == -.infinity ? 0 : LogitsMath.exp($1.0) * ($1.0 - $1.1)) }
  }

  fileprivate func entropy(_ p: [Double]) -> Double {
    -p.reduce(0) { $0 + ($1 == -.infinity ? 0 : LogitsMath.exp($1) * $1) }
  }

  fileprivate func rank(_ p: [Double]) -> Double {
    target < 0 ? 0 : Double(1 + p.count { $0 > p[target] })
  }

  fileprivate func top(_ p: [Double], _ k: Int) -> [Int] {
    Array(p.indices.sorted { p[$0] == p[$1] ? $0 < $1 : p[$0] > p[$1] }.prefix(k))
  }
}

/// Bytes of rows files.
package enum RowsFileBytes {
  package struct Sample: Sendable {
    package var set: String
    package var sample: String
    package var rows: [WrittenRow]

    package init(_ set: String, _ sample: String, _ rows: [WrittenRow]) {
      self.set = set
      self.sample = sample
      self.rows = rows
    }
  }

  /// - Parameters:
  ///   - change: called with every tensor, to spoil some.
  ///   - metadata: what the file says beside what it has to.
  package static func file(
    step: Int, k: Int = 2, _ samples: [Sample], metadata: [String: String] = [:],
    change: (inout [WrittenTensor]) -> Void = { _ in }
  ) -> [UInt8] {
    let rows = samples.flatMap(\.rows)
    let listed = rows.map { row in
      Set(row.top(row.policy, k) + row.top(row.reference, k)).sorted()
    }
    func column(_ name: String, _ value: (WrittenRow) -> Double) -> WrittenTensor {
      WrittenTensor(name, .float32, [rows.count], rows.map(value))
    }
    func indices(_ name: String, _ value: (WrittenRow) -> Double) -> WrittenTensor {
      WrittenTensor(name, .int32, [rows.count], rows.map(value))
    }
    let entries = zip(rows, listed).flatMap { row, ids in ids.map { (row, $0) } }
    var tensors = [
      WrittenTensor("entry_offsets", .int64, [rows.count + 1], edges(listed.map(\.count))),
      WrittenTensor("sample_offsets", .int64, [samples.count + 1], edges(samples.map(\.rows.count))),
      column("kl_policy_reference") { max(0, WrittenRow.divergence($0.policy, $0.reference)) },
      column("kl_reference_policy") { max(0, WrittenRow.divergence($0.reference, $0.policy)) },
      column("entropy_policy") { max(0, $0.entropy($0.policy)) },
      column("entropy_reference") { max(0, $0.entropy($0.reference)) },
      column("total_variation") { row in
        zip(row.policy, row.reference).reduce(0) { $0 + abs(LogitsMath.exp($1.0) - LogitsMath.exp($1.1)) } / 2
      },
      indices("target") { Double($0.target) },
      indices("position") { Double($0.position) },
      column("target_logprob_policy") { $0.target < 0 ? .nan : $0.policy[$0.target] },
      column("target_logprob_reference") { $0.target < 0 ? .nan : $0.reference[$0.target] },
      indices("target_rank_policy") { $0.rank($0.policy) },
      indices("target_rank_reference") { $0.rank($0.reference) },
      indices("top_policy") { Double($0.top($0.policy, 1)[0]) },
      indices("top_reference") { Double($0.top($0.reference, 1)[0]) },
      WrittenTensor("flags", .uint8, [rows.count], rows.map { $0.target < 0 ? 4 : 0 }),
      WrittenTensor("entry_ids", .int32, [entries.count], entries.map { Double($1) }),
      WrittenTensor("entry_logprob_policy", .float32, [entries.count], entries.map { $0.policy[$1] }),
      WrittenTensor("entry_logprob_reference", .float32, [entries.count], entries.map { $0.reference[$1] }),
    ]
    change(&tensors)
    let names = samples.map { #"[\"\#($0.set)\", \"\#($0.sample)\"]"# }.joined(separator: ", ")
    var texts = [
      "format": "kltop-rows/1", "step": "\(step)", "k": "\(k)",
      "vocabulary": "\(rows.first?.policy.count ?? 1)", "samples": "[\(names)]",
    ]
    texts.merge(metadata) { $1 }
    return LogitsFileBytes.safetensors(tensors, metadata: texts)
  }

  private static func edges(_ counts: [Int]) -> [Double] {
    counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + Double($1)) }
  }
}
