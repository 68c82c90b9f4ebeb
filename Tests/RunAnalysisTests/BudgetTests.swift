import RealModule
import RunTestSupport
import TestSupport
import Testing

@testable import RunAnalysis
@testable import RunModel

struct BudgetTests {
  private func run(_ values: [Double], key: String = "eval/old/accuracy", budgets: [String]) throws
    -> AnalysedRun
  {
    let run = RunModel { log in
      for (index, value) in values.enumerated() { log.eval(step: index * 10, [key: value]) }
    }
    return AnalysedRun(run, budgets: try budgets.map { try Budget($0) })
  }

  @Test(arguments: [
    ("kl=0.1", Budget.Subject.divergence(set: nil), Budget.Limit.level(0.1)),
    ("KL/new = 2", .divergence(set: "new"), .level(2)),
    ("old/accuracy=-5%", .metric(["old", "accuracy"]), .share(-0.05)),
    ("old/acc=-5pt", .metric(["old", "accuracy"]), .change(-0.05)),
    ("eval/old/loss=+0.5", .metric(["eval", "old", "loss"]), .change(0.5)),
    ("accuracy=0.9", .metric(["accuracy"]), .level(0.9)), ("loss=+1e1%", .metric(["loss"]), .share(0.1)),
  ])
  func `What a user writes is understood`(text: String, subject: Budget.Subject, limit: Budget.Limit) throws {
    let budget = try Budget(text)
    #expect(budget.subject == subject && budget.limit == limit && budget.text == text)
  }

  @Test(arguments: [
    ("kl", "no ="), ("=0.1", "names no metric"), ("a//b=1", "names no metric"), ("kl=", "no number"),
    ("kl=x", "no number"), ("kl=nan", "no number"), ("kl=0", "above 0"), ("kl=-0.1", "above 0"),
    ("old/accuracy=5%", "needs a sign"), ("old/accuracy=5pt", "needs a sign"), ("loss=+0", "no change"),
  ])
  func `What cannot be meant says what is wrong and how it is written`(text: String, problem: String) {
    do {
      _ = try Budget(text)
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.contains(problem) && error.description.contains("kl=0.1"))
    }
  }

  @Test func `A budget that was spent names its first step, and is a finding`() throws {
    let run = try run([1, 0.97, 0.94, 0.96, 0.97], budgets: ["old/accuracy=-5%"])
    let standing = try #require(run.budgetStandings.first)
    #expect(abs(standing.level - 0.95) < 1e-12 && !standing.isUpper)
    #expect(standing.outlook == .crossed(step: 20, isBack: true))
    let finding = try #require(run.findings().first)
    #expect(finding.code == .budgetSpent && finding.step == 20 && finding.series == "eval/old/accuracy")
    #expect(run.asOf(step: 10).findings() == [])
    #expect(run.asOf(step: 20).findings().count == 1)
  }

  @Test func `At a steady rate the step is exact`() throws {
    let run = try run((0..<12).map { 1 - 0.01 * Double($0) }, budgets: ["old/accuracy=0.8"])
    guard case .expected(let step, let earliest, let latest, let isRough) = run.budgetStandings.first?.outlook
    else {
      Issue.record("nothing is expected")
      return
    }
    #expect(abs(step - 200) <= 1 && abs(earliest - 200) <= 1 && abs(latest - 200) <= 1 && isRough)
  }

  @Test func `Noise widens the interval around the step`() throws {
    var random = SplitMix64(seed: 3)
    let values = (0..<40).map { 0.5 + 0.02 * Double($0) + 0.02 * random.normal() }
    let run = try run(values, key: "eval/old/loss", budgets: ["old/loss=2"])
    let standing = try #require(run.budgetStandings.first)
    guard case .expected(let step, let earliest, let latest, false) = standing.outlook else {
      Issue.record("nothing is expected")
      return
    }
    #expect(earliest < step && step < latest && earliest > 390 && (700...800).contains(step))
    #expect(standing.outlookText == "at step \(step) at this rate (95 %: \(earliest) to \(latest))")
  }

  @Test func `Few evaluations name no percentage`() throws {
    let run = try run((0..<12).map { 1 - 0.01 * Double($0) }, budgets: ["old/accuracy=0.8"])
    #expect(run.budgetStandings.map(\.outlookText) == ["at this rate roughly between step 200 and step 200"])
  }

  @Test func `A curve that leads away, one that slackens, and one of few points`() throws {
    #expect(
      try run([0.5, 0.6, 0.7, 0.8, 0.9, 1], budgets: ["accuracy=0.4"]).budgetStandings.map(\.outlook)
        == [.notAtThisRate])
    let slackening = (0..<20).map { Double.exp(-Double($0) / 5) }
    #expect(try run(slackening, budgets: ["accuracy=0.01"]).budgetStandings.map(\.outlook) == [.noDate])
    #expect(
      try run([0.9, 0.8, 0.7], budgets: ["accuracy=0.4"]).budgetStandings.map(\.outlook) == [.tooFewPoints])
    #expect(try run([0.9], budgets: ["kl=1", "new/accuracy=0.4"]).budgetStandings == [])
  }

  @Test func `A budget about nothing in the log waits for an evaluation, then names the nearest keys`() throws
  {
    let budget = try Budget("old/acuracy=0.9")
    let waiting = RunModel { log in log.train(step: 0, ["loss": 1]) }
    #expect(AnalysedRun(waiting, budgets: [budget]).findings().isEmpty)
    let run = RunModel { log in
      log.train(step: 0, ["loss": 1])
      log.eval(step: 10, ["eval/old/accuracy": 0.9, "eval/new/accuracy": 0.1, "eval/old/loss": 1])
    }
    let found = try #require(AnalysedRun(run, budgets: [budget]).findings().first)
    #expect(found.code == .budgetUnknown && found.severity == .warning)
    #expect(
      found.message
        == "the budget old/acuracy=0.9 is about nothing in this log: the nearest are eval/old/accuracy, eval/old/loss, eval/new/accuracy"
    )
    #expect(AnalysedRun(run, budgets: [budget]).findings(at: 5).isEmpty)
    var own = budget
    own.isFromSettings = true
    #expect(AnalysedRun(run, budgets: [own]).findings().map(\.severity) == [.note])
  }

  @Test func `A divergence has a budget for each set`() throws {
    let model = RunModel { log in
      for step in 0..<8 {
        for (set, rate) in [("old", 1.0), ("new", 0.1)] {
          log.logits(
            step: step, set: set,
            [SyntheticSample("a", policy: [1 + rate * Double(step), 0], reference: [1, 0])])
        }
      }
    }
    let run = AnalysedRun(model, budgets: [try Budget("kl=0.1"), try Budget("kl/NEW=0.001")])
    #expect(run.budgetStandings.map(\.name) == ["eval new", "eval old", "eval new"])
    guard case .crossed(let step, false) = run.budgetStandings[1].outlook else {
      Issue.record("\(run.budgetStandings[1].outlook)")
      return
    }
    #expect(step > 0)
  }
}

extension AnalysedRun {
  fileprivate var budgetStandings: [BudgetStanding] { analysis.budgets.flatMap { model.standings(to: $0) } }
}
