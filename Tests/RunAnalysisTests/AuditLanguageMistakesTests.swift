import Foundation
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

/// Mistakes of a language model [B, T, V] with masks, really computed in torch by `make_lm_mistakes.py`: one log holds the
/// KL of each under a key of its own, beside the same logits.
struct AuditLanguageMistakesTests {
  /// How figures and evidence are kept.
  enum Form: String, CaseIterable {
    case float32 = "float32"
    /// Four significant digits.
    case digits = "4 digits"
    /// Figures of logits that were rounded to bfloat16 only when they were stored.
    case halfDumps = "bf16 dumps"
    /// Only reduced rows are left of the logits.
    case rows

    func figures(_ run: Figures.Run) -> [Double] {
      switch self {
      case .float32, .rows: run.exact
      case .digits: run.exact.map { Double(String(format: "%.4g", $0)) ?? .nan }
      case .halfDumps: run.beforeRounding
      }
    }
  }

  struct Figures: Decodable {
    struct Run: Decodable {
      var truth: [String]
      var detectedOnly: Bool
      var exact: [Double]
      var beforeRounding: [Double]
    }
    var steps: [Int]
    var runs: [String: Run]
  }

  enum Verdict: String {
    case named, tied = "named, tied", detected, silent = "not detectable", wrong
  }

  private static func figures() throws -> Figures {
    let data = try Data(contentsOf: Fixtures.languageMistakes.appending(path: "figures.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Figures.self, from: data)
  }

  /// The audit of every mistake in one form, by its name.
  private static func audits(_ form: Form, of figures: Figures) throws -> [String: SeriesAudit] {
    let folder = try ScratchFolder()
    let logits = Fixtures.languageMistakes.appending(path: "logits")
    try FileManager.default.copyItem(
      at: logits, to: URL(fileURLWithPath: folder.path).appending(path: "logits"))
    var lines: [String] = []
    for (index, step) in figures.steps.enumerated() {
      let values = figures.runs.sorted { $0.key < $1.key }.map { name, run in
        "\"eval/\(name)/kl\":\(form.figures(run)[index])"
      }
      lines.append("{\"step\":\(step),\"phase\":\"eval\",\"mode\":\"eval\",\(values.joined(separator: ","))}")
    }
    try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "metrics.jsonl")
    var run = try RunLoading.only(of: folder.path, dialect: nil).loadAll().model
    if form == .rows { run.reduceToRows() }
    let audits = RunAudit(run).audits.map { ($0.logged.split(separator: "/").map(String.init)[1], $0) }
    return Dictionary(audits, uniquingKeysWith: { first, _ in first })
  }

  static func verdict(_ audit: SeriesAudit?, _ run: Figures.Run) -> Verdict {
    guard let audit else { return .silent }
    if run.truth.isEmpty { return audit.verdict == .wrong ? .wrong : .named }
    if audit.verdict == .open { return .silent }
    if audit.parts == [.none] { return .detected }
    let ties = audit.alternatives.map { SeriesAudit.code($0) }
    // A mistake too small to see is missed, not misnamed.
    if audit.isRight { return .silent }
    if run.truth.contains(audit.code) { return ties.isEmpty ? .named : .tied }
    return run.truth.contains(where: ties.contains) ? .tied : .wrong
  }

  /// What gets a wrong name: nothing may be added, and the manual's table says so.
  private static let misnamed: Set = [
    "rows symmetric-mask-forgotten", "bf16 dumps symmetric-mask-forgotten",
    "bf16 dumps swapped-sequence-means",
  ]
  /// What has a name and does not get it: too small beside what bfloat16 leaves of the logits.
  private static let missed: Set = ["bf16 dumps f16-arithmetic"]

  @Test func `Mistakes of a language model are named and only they; the manual's table says which`() throws {
    let figures = try Self.figures()
    var verdicts: [String: [Verdict]] = [:]
    var (misnamed, missed): (Set<String>, Set<String>) = ([], [])
    for form in Form.allCases {
      let audits = try Self.audits(form, of: figures)
      for (name, run) in figures.runs {
        let verdict = Self.verdict(audits[name], run)
        if verdict == .wrong { misnamed.insert("\(form.rawValue) \(name)") }
        if !run.detectedOnly, form != .rows, !run.truth.isEmpty {
          if verdict != .named, verdict != .tied, verdict != .wrong {
            missed.insert("\(form.rawValue) \(name)")
          }
        }
        verdicts[name, default: []].append(verdict)
      }
    }
    #expect(misnamed == Self.misnamed)
    #expect(missed == Self.missed)
    let rows = verdicts.filter { $0.key != "right" }.sorted { $0.key < $1.key }.map { name, verdicts in
      "| \(name) | `\(figures.runs[name]?.truth.first ?? "")` | \(verdicts.map(\.rawValue).joined(separator: " | ")) |"
    }
    let head = ["mistake", "name"] + Form.allCases.map(\.rawValue)
    try expectTable(
      (["| \(head.joined(separator: " | ")) |", "|\(String(repeating: " --- |", count: head.count))"] + rows)
        .joined(separator: "\n"), named: "mistakes", in: "Audit.md")
  }

  @Test func `Every convention has a sentence, and every mistake one that mends it`() {
    for convention in KLConvention.allCases {
      let explanation = AuditSentence.explanation(of: convention)
      #expect(!explanation.what.isEmpty)
      #expect(convention == .policyReferenceBatchmean || !explanation.advice.isEmpty, "\(convention)")
      #expect(
        convention == .none || explanation.what != AuditSentence.explanation(of: .none).what, "\(convention)")
    }
  }
}

extension RunModel {
  /// Leaves of every record what a rows file would hold.
  fileprivate mutating func reduceToRows() {
    var reduced = AuditEvidence()
    for record in evidence.records {
      var record = record
      let point = divergences[record.probe]?.points.first { $0.step == record.step }
      record.sums = ConventionSums(point?.samples ?? [], vocabulary: 256)
      record.isReduced = true
      reduced.add(record)
    }
    evidence = reduced
  }
}
