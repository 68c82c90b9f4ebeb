import Curves
import Divergence
import Foundation
import LogitsFiles
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

/// Runs whose logits were reduced to rows.
struct RowsRunTests {
  /// Written by the Python package from the float64 logits beside it.
  private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(
      path: "LogitsFilesTests/Fixtures/RowsRun"
    )
    .path

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static func loaded(_ path: String) throws -> RunModel {
    try RunLoading.only(of: path, dialect: nil).loadAll().model
  }

  private static let old = ProbeKey(phase: .eval, set: "old")
  private static let new = ProbeKey(phase: .eval, set: "new")

  /// A row of two random models.
  private static func row(_ seed: UInt64, target: Int = 1) -> WrittenRow {
    var random = SplitMix64(seed: seed)
    return WrittenRow(policy: random.normals(6), reference: random.normals(6), target: target)
  }

  private func write(
    _ step: Int, _ samples: [RowsFileBytes.Sample], to name: String? = nil, _ metadata: [String: String] = [:]
  ) throws {
    try folder.write(
      RowsFileBytes.file(step: step, samples, metadata: metadata),
      to: name ?? "rows/step-\(step).safetensors")
  }

  @Test func `Rows are measured samples of their sets, with a log and without one`() throws {
    let rows = Self.fixture + "/rows"
    for name in try FileManager.default.contentsOfDirectory(atPath: rows) {
      try folder.write([UInt8](Data(contentsOf: URL(filePath: rows + "/" + name))), to: "rows/" + name)
    }
    for path in [Self.fixture, folder.path] {
      let run = try Self.loaded(path)
      #expect(run.divergences.keys.sorted() == [Self.new, Self.old])
      let track = try #require(run.divergences[Self.old])
      #expect(track.points.map(\.step) == [0, 20] && track.points.map(\.rows) == [8, 8])
      #expect(track.points.first?.policyReference.mean == 0 && track.points.first?.policyInEvalMode == true)
      #expect(track.points.last?.nanRows == 1 && track.points.last?.maskedDifferently == 1)
      #expect(run.firstStep == 0 && run.lastStep == 20)
      let sample = try #require(
        run.measuredSample(SampleKey(probe: Self.old, name: .named("licence")), at: 20))
      #expect(sample.texts?.prompt == "the" && sample.rows.map(\.position) == [0, 1, 2, 3, 4, 5])
      #expect(sample.token(ofRow: 0) == " cat" && sample.token(ofRow: 4) == nil)
    }
  }

  /// The promise for rows that were reduced in float32.
  private static func isNear(_ value: Double, _ exact: Double) -> Bool {
    value == exact || abs(value - exact) <= 2e-6 * max(1, exact)
  }

  @Test func `kltop kl says of rows what it says of the logits they were made from`() throws {
    let rows = try report(Self.fixture + "/rows")
    #expect(rows.steps.map(\.step) == [0, 20] && rows.vocabulary == 11)
    for step in rows.steps {
      let logits = try report(Self.fixture + "/logits-\(step.step ?? -1).safetensors").steps[0]
      #expect(step.rows == logits.rows && step.nanRows == logits.nanRows)
      #expect(step.sameTop1.fraction == logits.sameTop1.fraction)
      for direction in [\LogitsReport.Step.policyReference, \.referencePolicy] {
        let (mine, exact) = (step[keyPath: direction], logits[keyPath: direction])
        for value in [\RowStatistics.minimum, \.p10, \.median, \.p90, \.maximum] {
          #expect(Self.isNear(mine[keyPath: value], exact[keyPath: value]))
        }
      }
      #expect(Set(step.samples.map(\.sample)) == ["old/licence", "old/two\nlines", "new/code"])
    }
    #expect(rows.steps[0].policyReference.mean == 0 && rows.steps[0].policyReference.maximum == 0)
    #expect(rows.findings.map(\.code) == [.differentMasks])
    #expect(try report(Self.fixture).steps.count == 2)
    #expect(throws: LogitsFileProblem.self) { try report(Self.fixture + "/rows", Self.fixture + "/rows") }
  }

  @Test func `Bars list what the row lists, the target, and the rest as one sum`() throws {
    let written = Self.row(3, target: 4)
    try write(1, [.init("old", "a", [written])])
    let sample = try #require(
      try Self.loaded(folder.path).measuredSample(SampleKey(probe: Self.old, name: .named("a")), at: 1))
    let picture = try #require(sample.picture(ofRow: 0))
    #expect(picture.vocabulary == 6 && picture.rankLimit == 2 && picture.target == 4)
    for entry in picture.entries {
      #expect(abs(entry.policy - LogitsMath.exp(written.policy[entry.index])) < 1e-6)
      let rank = 1 + written.policy.count { $0 > written.policy[entry.index] }
      #expect(entry.policyRank == (rank <= 2 || entry.index == 4 ? rank : 0))
    }
    let target = try #require(picture.entry(4))
    #expect(target.referenceRank == 1 + written.reference.count { $0 > written.reference[4] })
    let rest = try #require(picture.rest)
    #expect(abs(rest.policy + picture.entries.reduce(0) { $0 + $1.policy } - 1) < 1e-6)
    #expect(sample.picture(ofRow: 1) == nil)
  }

  @Test func `Shards are one evaluation, whatever order they come in`() throws {
    let samples = (0..<8).map { index in
      RowsFileBytes.Sample("old", "s\(index)", (0..<3).map { Self.row(UInt64(10 * index + $0)) })
    }
    let about = { (rank: Int) in ["rank": "\(rank)", "world_size": "2", "launch": "x"] }
    let odd = samples.indices.filter { $0 % 2 == 1 }.map { samples[$0] }
    let even = samples.indices.filter { $0 % 2 == 0 }.map { samples[$0] }
    try write(4, odd, to: "rows/step-4.rank-00001.safetensors", about(1))
    let part = try Self.loaded(folder.path)
    #expect(part.divergences[Self.old]?.points.last?.rows == 12)
    #expect(part.findings().contains { $0.message.contains("1 of 2 shards") })
    try write(4, even, to: "rows/step-4.rank-00000.safetensors", about(0))
    let whole = try Self.loaded(folder.path)
    try write(4, samples, to: "whole/rows/step-4.safetensors")
    let single = try Self.loaded(folder.path("whole"))
    #expect(
      whole.divergences[Self.old]?.points.last?.policyReference
        == single.divergences[Self.old]?.points.last?.policyReference)
    #expect(whole.findings().allSatisfy { !$0.message.contains("shards") })
  }

  @Test func `The newest evaluation is measured first while a run is watched`() throws {
    for step in [0, 10, 20, 30] { try write(step, [.init("old", "a", [Self.row(UInt64(step))])]) }
    var queue = LogitsFileQueue(path: folder.path, isLive: true) { 0 }
    queue.noteLogWasRead()
    var run = RunModel(path: folder.path)
    var order: [Int] = []
    while let news = queue.next() {
      if case .rows(let step, _) = news.source { order.append(step) }
      run.apply(news)
    }
    #expect(order == [30, 20, 10, 0])
    #expect(run.divergences[Self.old]?.points.map(\.step) == [0, 10, 20, 30])
    // What had happened to the sample is what a reading from the first step on tells.
    let key = SampleKey(probe: Self.old, name: .named("a"))
    let loaded = try Self.loaded(folder.path)
    // As text, in which not a number is equal to itself.
    #expect("\(run.evaluations(of: key).map(\.record))" == "\(loaded.evaluations(of: key).map(\.record))")
  }

  @Test func `A run directory that appears later finds its rows`() throws {
    let path = folder.path("later")
    var queue = LogitsFileQueue(path: path, isLive: true) { 0 }
    queue.noteLogWasRead()
    #expect(queue.next() == nil)
    try write(5, [.init("old", "a", [Self.row(5)])], to: "later/rows/step-5.safetensors")
    #expect(queue.next() != nil)
  }

  @Test func `Rows that a record names outside of the folder are measured too`() throws {
    try write(5, [.init("old", "a", [Self.row(5)])], to: "elsewhere/x.safetensors")
    try folder.write(
      Array(#"{"step":5,"phase":"eval","rows_file":"elsewhere/x.safetensors","shards":1}"#.utf8) + [10],
      to: "metrics.jsonl")
    let run = try Self.loaded(folder.path)
    #expect(run.divergences[Self.old]?.points.map(\.rows) == [1])
    #expect(run.series(named: "shards") == nil && run.series(named: "eval/shards") == nil)
  }

  @Test func `Targets that the policy sampled give estimates, others none`() throws {
    let row = Self.row(5)
    for (step, origin) in [(1, "policy"), (2, "data")] {
      try write(step, [.init("old", "a", [row])], to: nil, ["sampled_from": origin])
    }
    let points = try Self.loaded(folder.path).estimates[Self.old]?.points ?? []
    #expect(points.map(\.step) == [1])
    let k1 = row.policy[1] - row.reference[1]
    #expect(abs((points.first?.tokens?.k1.mean ?? .nan) - k1) < 1e-6)
  }

  // MARK: - Tokens

  /// A sequence whose reference is right on all tokens and whose policy is wrong on the first of them.
  private static func sequence(_ tokens: Int, wrong: Int, target: Int = 1) -> RowsFileBytes.Sample {
    let right = (0..<6).map { $0 == target ? 3.0 : 0 }
    let other = (0..<6).map { $0 == (target + 1) % 6 ? 3.0 : 0 }
    return RowsFileBytes.Sample(
      "old", "a",
      (0..<tokens).map { index in
        WrittenRow(
          policy: index < wrong ? other : right, reference: right, target: target, position: index)
      })
  }

  @Test func `Shares of right tokens and the NLL of a set are series, from the reference's values on`() throws
  {
    try write(10, [Self.sequence(20, wrong: 5)])
    try write(20, [Self.sequence(20, wrong: 10)])
    let run = try Self.loaded(folder.path)
    let accuracy = try #require(run.series(named: "eval/old/token_accuracy"))
    let points = (0..<accuracy.current.count).map {
      (accuracy.current.step($0, rows: run.rows), accuracy.current.value($0))
    }
    #expect(points.map(\.0) == [0, 10, 20] && points.map(\.1) == [1, 0.75, 0.5])
    let nll = try #require(run.series(named: "eval/old/nll"))
    let right = -LogitsMath.logSoftmax([3.0, 0, 0, 0, 0, 0])[0]
    let wrong = -LogitsMath.logSoftmax([3.0, 0, 0, 0, 0, 0])[1]
    #expect(abs(nll.current.value(0) - right) < 1e-6)
    #expect(abs(nll.current.value(1) - (0.75 * right + 0.25 * wrong)) < 1e-6)
    // Looked back at, only what was there.
    #expect(run.asOf(step: 10).series(named: "eval/old/token_accuracy")?.count == 2)
  }

  @Test
  func `A sequence is forgotten where its share of right tokens falls clearly, not where one token flips`()
    throws
  {
    for (step, wrong) in [(0, 0), (10, 1), (20, 8), (30, 9), (40, 0), (50, 12)] {
      try write(step, [Self.sequence(40, wrong: wrong)])
    }
    let run = try Self.loaded(folder.path)
    let states = run.evaluations(of: SampleKey(probe: Self.old, name: .named("a")))
    #expect(states.map(\.record.isForgettingEvent) == [false, false, true, false, false, true])
    #expect(states.last?.record.firstForgotten == 20 && states.last?.record.forgettingEvents == 2)
    #expect(states.map(\.record.correct) == [40, 39, 32, 31, 40, 28])
    #expect(states.allSatisfy { $0.record.referenceTokenAccuracy == 1 })
    #expect(states[1].record.flips == 1 && states[2].record.flips == 8)
  }

  @Test func `A drop within its noise is no forgetting`() throws {
    // 3 of 20 tokens are lost and 2 others won: 5 points, and a standard error of 11.
    var rows = Self.sequence(20, wrong: 3).rows
    for index in 18..<20 { (rows[index].reference, rows[index].policy) = (rows[0].policy, rows[5].policy) }
    try write(10, [.init("old", "a", rows)])
    let state = try #require(
      try Self.loaded(folder.path).evaluations(of: SampleKey(probe: Self.old, name: .named("a"))).last)
    #expect(state.record.correct == 17 && state.record.referenceCorrect == 18)
    #expect(!state.record.isBelowReference && state.record.firstForgotten == nil)
  }

  @Test func `Other inputs under one name are no history`() throws {
    try write(0, [Self.sequence(20, wrong: 0)])
    try write(10, [Self.sequence(20, wrong: 0, target: 2)])
    let states = try Self.loaded(folder.path).evaluations(of: SampleKey(probe: Self.old, name: .named("a")))
    #expect(states.last?.record.flips == 0 && states.last?.record.policyReferenceChange.isNaN == true)
  }

  @Test func `Completions of both models belong to their sample and step`() throws {
    let run = try Self.loaded(Self.fixture)
    let key = SampleKey(probe: Self.old, name: .named("licence"))
    let said = try #require(run.completion(of: key, at: 25))
    #expect(
      said.step == 20 && said.completion.policy == " sat on" && said.completion.reference == " sat here")
    #expect(run.completion(of: key, at: 19) == nil)
    #expect(run.texts["completion"] == nil)
  }
}
