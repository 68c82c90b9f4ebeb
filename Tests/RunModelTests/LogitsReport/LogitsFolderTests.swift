import Divergence
import RunLog
import TestSupport
import Testing

@testable import Reports
@testable import RunAnalysis
@testable import RunFeed
@testable import RunModel

/// The folder `logits` of a run whose log names no files.
struct LogitsFolderTests {
  private let fixture: LogitsFixture
  private var run: RunModel
  private var queue: LogitsFileQueue

  init() throws {
    fixture = try LogitsFixture(samples: 3, positions: 2, vocabulary: 5)
    run = RunModel(path: fixture.folder.path)
    queue = LogitsFileQueue(path: fixture.folder.path, isLive: false) { 0 }
    queue.noteLogWasRead()
  }

  private mutating func work() {
    while let news = queue.next() { run.apply(news) }
  }

  private var points: ArraySlice<StepDivergence> {
    run.divergences[ProbeKey(phase: .eval, set: nil)]?.points ?? []
  }

  private func reason(_ file: String) -> String? {
    run.findings().first { $0.message.contains(file) }?.message
  }

  private func note(_ file: String) -> String? {
    run.allLogNotes.first { $0.message.contains(file) }?.message
  }

  @Test mutating func `Of several types of one step the widest is measured and the rest listed`() throws {
    _ = try fixture.pair("logits/a-step-10.safetensors", as: .bfloat16)
    _ = try fixture.pair("logits/b-step-10.safetensors", as: .float32)
    _ = try fixture.pair("logits/c-step-10.safetensors", as: .float16)
    _ = try fixture.pair("logits/a-step-20.safetensors", as: .bfloat16)
    work()
    #expect(points.map(\.step) == [10, 20] && points.map(\.rows) == [6, 6])
    #expect(abs(points[0].policyReference.mean - mean(fixture.divergences)) < 4e-6)
    #expect(note("a-step-10.safetensors")?.contains("more precise logits of step 10 are used") == true)
    #expect(note("c-step-10.safetensors")?.contains("more precise logits of step 10 are used") == true)
    #expect(note("b-step-10.safetensors") == nil && note("a-step-20.safetensors") == nil)
    // It is told, and nothing is wrong.
    #expect(!run.findings().contains { $0.code == .unusableDistribution })
    let json = try SummaryDocument(runs: [RunSummary(run)]).json()
    #expect(json.contains("more precise logits of step 10 are used"))
  }

  @Test mutating func `A wider file that comes later takes the place of the narrower one`() throws {
    _ = try fixture.pair("logits/b-step-10.safetensors", as: .bfloat16)
    work()
    #expect(note("b-step-10") == nil)
    _ = try fixture.pair("logits/a-step-10.safetensors", as: .float32)
    work()
    #expect(points.map(\.rows) == [6])
    #expect(abs(points[0].policyReference.mean - mean(fixture.divergences)) < 4e-6)
    #expect(note("b-step-10")?.contains("more precise") == true)
  }

  @Test mutating func `A file that was rewritten counts as it is now`() throws {
    _ = try fixture.pair("logits/step-10.safetensors")
    work()
    _ = try fixture.pair("logits/step-10.safetensors", samples: 0..<2)
    work()
    #expect(points.map(\.rows) == [4])
  }

  @Test mutating func `Files of one type at one step are all measured`() throws {
    _ = try fixture.pair("logits/step-10.safetensors", with: [])
    let shape = [2, 5], rows = Array(fixture.policy.prefix(10))
    _ = try fixture.write(
      "logits/prompts-step-10.safetensors",
      [
        WrittenTensor("p.policy_logits", .float32, shape, rows),
        WrittenTensor("p.ref_logits", .float32, shape, rows),
      ])
    work()
    #expect(points.map(\.rows) == [8])
  }

  @Test(arguments: [
    ("step-10.npy", "ref_step-10.npy"), ("logits-10.npy", "ref_logits-10.npy"),
    ("10.policy_logits.npy", "10.reference_logits.npy"), ("policy-step10.npy", "reference.npy"),
  ])
  mutating func `Arrays are paired by their names`(_ names: (policy: String, reference: String)) throws {
    _ = try fixture.array("logits/" + names.policy, fixture.shape, fixture.policy)
    work()
    #expect(points.isEmpty)
    _ = try fixture.array("logits/" + names.reference, fixture.shape, fixture.reference)
    work()
    #expect(points.map(\.step) == [10] && points.map(\.rows) == [6])
    #expect(abs(points[0].policyReference.mean - mean(fixture.divergences)) < 4e-6)
  }

  @Test mutating func `A file that cannot be used is named with the reason`() throws {
    try fixture.folder.write(Array("PK\u{3}\u{4}".utf8), to: "logits/step-1.pt")
    try fixture.folder.write([1, 2, 3], to: "logits/step-2.safetensors")
    _ = try fixture.pair("logits/last.safetensors")
    work()
    #expect(points.isEmpty)
    #expect(reason("step-1.pt")?.contains("a pickle can run any code") == true)
    #expect(reason("step-2.safetensors")?.contains("cut off") == true)
    #expect(reason("last.safetensors")?.contains("tells the step") == true)
  }
}
