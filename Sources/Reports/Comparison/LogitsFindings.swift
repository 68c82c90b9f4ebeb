internal import Divergence
internal import LogitsFiles
internal import RunAnalysis
internal import RunModel

/// What a user should know about a comparison of files, by the code that stands in JSON output.
package enum LogitsFindingCode: String, Sendable, Hashable, CaseIterable, Encodable {
  case differentMasks = "different-masks"
  case rowsShifted = "rows-shifted"
  case approximateReference = "approximate-reference"
  case differentTypes = "different-types"
  case vocabularyPrefix = "vocabulary-prefix"
  case missingShards = "missing-shards"

  var severity: Finding.Severity {
    switch self {
    case .differentMasks: .error
    case .rowsShifted, .approximateReference, .missingShards: .warning
    case .differentTypes, .vocabularyPrefix: .note
    }
  }
}

/// Gathers what holds at several steps into one finding.
struct LogitsFindings {
  /// A finding counts once a step, however many prompts it holds for.
  private struct Counted: Hashable {
    var code: LogitsFindingCode
    var step: Int?
  }

  private var found: [LogitsFindingCode: LogitsReport.Finding] = [:]
  private var counted: Set<Counted> = []

  /// Errors first, then in the order of the codes.
  var all: [LogitsReport.Finding] {
    LogitsFindingCode.allCases.compactMap { found[$0] }
  }

  mutating func add(_ evaluation: RowsEvaluation, _ rows: PromptRows) {
    addMasks([rows], evaluation.step)
    guard let shards = evaluation.shards else { return }
    add(
      .missingShards, evaluation.step,
      "\(shards.text) of its newest evaluation are there so far: what is told is of a part, or of an older one"
    )
  }

  mutating func addMasks(_ rows: [PromptRows], _ step: Int?) {
    let differing = rows.reduce(0) { $0 + $1.rows.count { $0.divergence.masksDiffer } }
    guard differing > 0 else { return }
    add(
      .differentMasks, step,
      "policy and reference mask different entries in \(differing) rows: use one mask for both")
  }

  mutating func add(_ step: StepComparison, _ rows: [PromptRows]) {
    addMasks(rows, step.step)
    if let shift = rows.lazy.compactMap(\.shift).first {
      let direction = shift.offset > 0 ? "the next" : "the previous"
      add(
        .rowsShifted, step.step,
        "rows look shifted by one token: policy rows fit \(direction) reference row (median \(number(shift.shiftedMedian)) "
          + "nats) better than their own (\(number(shift.median))); check that both files hold the same positions"
      )
    }
    for prompt in step.prompts { add(prompt, step) }
  }

  private mutating func add(_ prompt: PromptComparison, _ step: StepComparison) {
    let policy = prompt.policy[0].source, reference = prompt.reference[0].source
    if case .llamaBase = reference {
      add(
        .approximateReference, step.step,
        "the reference is a llama.cpp base: 16 bits a log-probability, and nothing below 16 nats under the likeliest; "
          + "llama.cpp's own KLD is D(reference‖policy) over entries with log p > −16, so it differs slightly"
      )
    } else if policy.type != reference.type {
      add(
        .differentTypes, step.step,
        "policy logits are \(policy.type.rawValue), the reference's \(reference.type.rawValue): rounding alone gives a "
          + "small divergence")
    }
    let vocabularies = Set((prompt.policy + prompt.reference).map(\.source.vocabulary))
    if vocabularies.count > 1 {
      let sizes = vocabularies.sorted().map { String($0) }.joined(separator: " and ")
      add(
        .vocabularyPrefix, step.step,
        "the vocabularies have \(sizes) entries: the first \(prompt.vocabulary) of both are compared, each softmax over "
          + "these alone")
    }
  }

  mutating func add(_ code: LogitsFindingCode, _ step: Int?, _ message: String) {
    if found[code] == nil {
      found[code] = LogitsReport.Finding(
        severity: code.severity.rawValue, code: code, step: step, count: 0, message: message)
    }
    if !counted.insert(Counted(code: code, step: step)).inserted { return }
    found[code]?.count += 1
  }

  private func number(_ value: Double) -> String { SentenceNumber.text(value) }
}
