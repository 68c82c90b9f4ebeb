import Foundation
import RunTestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunModel

/// Logs with known mistakes, really computed in torch: the audit names each mistake and no other.
struct AuditMistakeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var log: String
    var convention: KLConvention
    var sign = "+"

    var testDescription: String { log }
  }

  static let cases: [Case] = [
    Case(log: "correct", convention: .policyReferenceBatchmean),
    Case(log: "correct-sequences", convention: .policyReferenceBatchmean),
    Case(log: "sign-minus", convention: .policyReferenceBatchmean, sign: "-"),
    Case(log: "direction-swapped", convention: .referencePolicyBatchmean),
    Case(log: "mean", convention: .policyReferenceMean),
    Case(log: "sum", convention: .policyReferenceSum),
    Case(log: "bits", convention: .policyReferenceBits),
    Case(log: "batchmean-of-sequences", convention: .policyReferencePerSequence),
    Case(log: "probabilities-as-input", convention: .probabilitiesAsInput),
    Case(log: "log-target-forgotten", convention: .logTargetForgotten),
    Case(log: "log-target-wrongly-set", convention: .logTargetWronglySet),
    Case(log: "temperature", convention: .temperature),
    Case(log: "k1", convention: .k1),
    Case(log: "k2", convention: .k2),
    Case(log: "k3", convention: .k3),
    Case(log: "rows-clamped-at-10", convention: .clamped),
    Case(log: "k1-clamped-at-0", convention: .clamped),
    Case(log: "k3-clamped-at-10", convention: .clamped),
    Case(log: "policy-in-train-mode", convention: .policyInTrainMode),
    Case(log: "reference-in-train-mode", convention: .referenceDrifts),
    Case(log: "reference-drifts", convention: .referenceDrifts),
  ]

  private static func run(_ log: String) -> RunModel {
    RunModel(log: Fixtures.mistakes.appending(path: log + ".jsonl"))
  }

  @Test(arguments: cases) func `The mistake of a log is named and no other`(_ example: Case) throws {
    let audit = RunAudit(Self.run(example.log))
    try #require(audit.audits.count == 1)
    let series = audit.audits[0]
    #expect(series.logged == "eval/kl")
    #expect(series.explainedBy == example.convention)
    #expect(series.alternatives == [])
    #expect(series.steps == 8)
    #expect(series.isCertain)
    #expect(audit.isRight == (example.convention == .policyReferenceBatchmean))
  }

  @Test(arguments: cases) func `The objective comes out with its sign`(_ example: Case) throws {
    let objective = try #require(RunAudit(Self.run(example.log)).objective)
    #expect(abs(objective.lambda - 0.05) < 2e-6)
    #expect(AuditDocument(RunAudit(Self.run(example.log))).objective?.sign == example.sign)
    #expect(objective.steps == 12)
    let error = try #require(objective.standardError)
    #expect(error > 0 && error < 1e-5)
  }

  @Test func `Every fixture is a case`() throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Fixtures.mistakes, includingPropertiesForKeys: nil)
    #expect(
      Set(files.map { $0.deletingPathExtension().lastPathComponent })
        == Set(Self.cases.map(\.log)).union(["policy-in-train-mode-unseen"]))
  }

  @Test(arguments: cases) func `Findings of the dashboard say what the audit says`(_ example: Case) throws {
    let run = Self.run(example.log)
    let findings = run.findings()
    let isSaidElsewhere = [.policyReferenceBatchmean, .referenceDrifts].contains(example.convention)
    #expect(findings.contains { $0.code == .loggedKLConvention } == !isSaidElsewhere)
    #expect(findings.contains { $0.code == .negativeKLSign } == (example.sign == "-"))
    #expect(findings.contains { $0.code == .referenceDrifts } == (example.log == "reference-drifts"))
    #expect(
      findings.contains { $0.code == .referenceInTrainMode } == (example.convention == .referenceDrifts))
    #expect(!findings.contains { $0.code == .objectiveDiffers })
  }

  @Test func `A negative sign is the first thing to read`() throws {
    let text = AuditText.text(of: RunAudit(Self.run("sign-minus")))
    #expect(text.hasPrefix("WRONG SIGN: the loss REWARDS drift: total_loss = loss − 0.05"))
    #expect(text.split(separator: "\n").count == 2)
    let first = try #require(Self.run("sign-minus").findings().first)
    #expect(first.code == .negativeKLSign)
    #expect(first.severity == .error)
    #expect(first.message.hasPrefix("the loss REWARDS drift: total_loss = loss − 0.05"))
  }

  @Test func `One step is consistent with a convention, several are it`() throws {
    let several = RunAudit(Self.run("direction-swapped"))
    #expect(AuditText.text(of: several).contains("eval/kl is D(reference‖policy)"))
    var log = try String(
      contentsOf: Fixtures.mistakes.appending(path: "direction-swapped.jsonl"), encoding: .utf8
    )
    .split(separator: "\n")
    log.removeAll { $0.contains("\"logits\"") && !$0.contains("\"step\":30,") }
    let file = FileManager.default.temporaryDirectory.appending(path: "one-step-\(UUID().uuidString).jsonl")
    try log.joined(separator: "\n").appending("\n").write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let one = RunAudit(RunModel(log: file))
    #expect(one.audits.map(\.explainedBy) == [.referencePolicyBatchmean])
    #expect(AuditText.text(of: one).contains("eval/kl is consistent with D(reference‖policy)"))
    #expect(!AuditText.text(of: one).contains("eval/kl is D("))
  }

  @Test func `Train mode is no cause where every record says eval: the KL is unexplained`() throws {
    let audit = try #require(RunAudit(Self.run("policy-in-train-mode-unseen")).audits.first)
    #expect(audit.explainedBy == .none && audit.ratio != nil)
  }

  @Test func `JSON has exactly the documented keys`() throws {
    let json = try AuditDocument(RunAudit(Self.run("bits"))).json()
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(Set(object.keys) == ["audits", "objective", "reference"])
    let audit = try #require((object["audits"] as? [[String: Any]])?.first)
    #expect(
      Set(audit.keys) == [
        "logged", "verdict", "explained_by", "detail", "message", "certain", "ratio", "relative_error",
        "steps",
        "alternatives",
      ])
    #expect(audit["explained_by"] as? String == "policy_reference/bits")
    #expect(abs((audit["ratio"] as? Double ?? 0) - 1.442695) < 1e-4)
    let objective = try #require(object["objective"] as? [String: Any])
    #expect(
      Set(objective.keys) == [
        "lambda", "sign", "standard_error", "steps", "lambda_at_start", "reached_at", "divided_by",
        "third_term",
        "third_weight",
      ])
    let empty = try AuditDocument(RunAudit(RunModel(path: "nothing.jsonl"))).json()
    #expect(empty == #"{"audits":[],"objective":null,"reference":null}"#)
  }
}
