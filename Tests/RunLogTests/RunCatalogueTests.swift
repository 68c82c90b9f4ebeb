import RunLog
import TestSupport
import Testing

/// Which runs a path names.
struct RunCatalogueTests {
  private func runs(_ names: [String], at path: String = "/runs") -> [String] {
    let files = FakeFileSystem()
    for name in names { files.create("/runs/" + name, "{}\n") }
    return RunCatalogue(in: files).runs(at: path).map { entry in
      entry.path + (entry.name.map { " = \($0)" } ?? "")
    }
  }

  @Test func `A log, a run's directory and what is not there yet are one run`() {
    #expect(runs(["metrics.jsonl", "a/metrics.jsonl"]) == ["/runs"])
    #expect(runs(["metrics.jsonl"], at: "/runs/metrics.jsonl") == ["/runs/metrics.jsonl"])
    #expect(runs([], at: "/runs/later") == ["/runs/later"])
    #expect(runs(["notes.txt"]) == ["/runs"])
    #expect(runs([], at: "-") == ["-"])
    #expect(runs(["a.jsonl", "b.jsonl"]) == ["/runs"], "which one is for the user to say")
  }

  @Test func `Folders that are runs come with the newest first`() {
    #expect(
      runs([
        "old/metrics.jsonl", "middle/trainer_state.json", "data/train.jsonl",
        "new/tb/events.out.tfevents.1.a",
      ]) == ["/runs/new = new", "/runs/middle = middle", "/runs/old = old"])
  }

  @Test func `Runs may lie in folders of folders`() {
    #expect(
      runs(["sweep/1/metrics.jsonl", "sweep/2/metrics.jsonl"])
        == ["/runs/sweep/2 = sweep/2", "/runs/sweep/1 = sweep/1"])
    #expect(runs(["a/b/c/d/e/metrics.jsonl"]) == ["/runs"], "too deep to look for")
  }

  @Test func `Folders of event files below a run follow it under its name`() {
    #expect(
      runs(["x/tb/events.out.tfevents.1.a", "x/tb/kl/events.out.tfevents.1.a"], at: "/runs/x")
        == ["/runs/x", "/runs/x/tb/kl = x/kl"])
    #expect(
      runs(["x/tb/train/events.out.tfevents.1.a", "x/tb/eval/events.out.tfevents.1.a"], at: "/runs/x")
        == ["/runs/x/tb/eval = x/eval", "/runs/x/tb/train = x/train"])
    #expect(
      runs(["train/events.out.tfevents.1.a", "eval/events.out.tfevents.1.a"])
        == ["/runs/eval = runs/eval", "/runs/train = runs/train"])
  }

  @Test func `Thousands of runs are found without opening one`() {
    let files = FakeFileSystem()
    for run in 0..<2000 { files.create("/runs/\(run)/metrics.jsonl", "") }
    let found = RunCatalogue(in: files).runs(at: "/runs")
    #expect(found.count == 2000)
    #expect(found.first?.path == "/runs/1999")
    #expect(files.opened == 0)
  }
}
