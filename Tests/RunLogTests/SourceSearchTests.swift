import RunLog
import TestSupport
import Testing

/// Which logs of a directory make up its run.
struct SourceSearchTests {
  private func find(_ names: [String], in directory: String = "/run") -> SourceSearch.Result {
    let files = FakeFileSystem()
    files.makeDirectory("/run")
    for name in names { files.create("/run/" + name, "{}\n") }
    return SourceSearch(in: files).find(in: directory)
  }

  /// Files of all sources, those of one source with a plus between.
  private func sources(_ names: [String]) -> [String] {
    find(names).sources.map { source in
      source.files.map { String($0.dropFirst("/run/".count)) }.joined(separator: " + ")
    }
  }

  @Test(arguments: [
    (["metrics.jsonl", "log.jsonl", "other.jsonl"], "metrics.jsonl"),
    (["log.jsonl", "other.jsonl"], "log.jsonl"),
    (["other.jsonl", "notes.txt", ".hidden.jsonl"], "other.jsonl"),
    (["data.jsonl", "trainer_log.jsonl"], "trainer_log.jsonl"),
    (["data.jsonl", "trainer_state.json"], "trainer_state.json"),
  ])
  func `A directory means its usual log, or a trainer's, or its only one`(names: [String], log: String) {
    #expect(sources(names) == [log])
  }

  @Test(arguments: [
    (["trainer_state.json", "checkpoint-9/trainer_state.json"], ["trainer_state.json"]),
    (
      ["checkpoint-9/trainer_state.json", "checkpoint-10/trainer_state.json"],
      ["checkpoint-10/trainer_state.json"]
    ),
    (
      ["wandb/offline-run-20260101_000000-a/run-a.wandb", "wandb/run-20260102_000000-b/run-b.wandb"],
      ["wandb/run-20260102_000000-b/run-b.wandb"]
    ),
    (
      ["csv/version_2/metrics.csv", "csv/version_10/metrics.csv"],
      ["csv/version_10/metrics.csv"]
    ),
    (["log_2.txt", "log_1.txt", "notes.txt"], ["log_1.txt + log_2.txt"]),
    (["run-1/run-x.wandb", "run-1/metrics.csv"], []),
  ])
  func `The newest of a kind counts, launches of one run continue each other`(
    names: [String], logs: [String]
  ) {
    #expect(sources(names) == logs)
  }

  @Test func `The output folder of a trainer is one run of several sources`() {
    #expect(
      sources([
        "trainer_state.json", "checkpoint-500/trainer_state.json",
        "runs/Nov23_15-11-38_vm/events.out.tfevents.20.vm.7.0",
        "runs/Nov23_15-11-38_vm/events.out.tfevents.30.vm.7.1",
        "runs/Dec01_09-00-00_vm/events.out.tfevents.9.vm.1.0",
        "wandb/offline-run-20261123_150405-mgl/run-mgl.wandb", "metrics.jsonl", "train.jsonl",
      ]) == [
        "metrics.jsonl", "trainer_state.json",
        "runs/Dec01_09-00-00_vm/events.out.tfevents.9.vm.1.0"
          + " + runs/Nov23_15-11-38_vm/events.out.tfevents.20.vm.7.0"
          + " + runs/Nov23_15-11-38_vm/events.out.tfevents.30.vm.7.1",
        "wandb/offline-run-20261123_150405-mgl/run-mgl.wandb",
      ])
  }

  @Test(arguments: [
    (["tb/events.out.tfevents.1.a", "tb/x/events.out.tfevents.2.a"], 1, ["tb/x"]),
    (["events.out.tfevents.1.a", "x/events.out.tfevents.2.a", "tb/events.out.tfevents.2.a"], 1, ["x"]),
    (["tb/train/events.out.tfevents.1.a", "tb/eval/events.out.tfevents.1.a"], 0, ["tb/eval", "tb/train"]),
    (["train/events.out.tfevents.1.a", "eval/events.out.tfevents.1.a"], 0, ["eval", "train"]),
    (["tb/train/events.out.tfevents.1.a"], 0, ["tb/train"]),
    (["tb/my_run/events.out.tfevents.1.a"], 1, []),
    (["tb/version_0/events.out.tfevents.1.a", "tb/version_1/events.out.tfevents.1.a"], 1, []),
  ])
  func `Folders of event files below a run's own are runs of their own`(
    names: [String], sources: Int, subRuns: [String]
  ) {
    let found = find(names)
    #expect(found.sources.count == sources)
    #expect(found.subRuns == subRuns.map { "/run/" + $0 })
  }

  @Test func `A directory without a log has no source`() {
    #expect(find(["notes.txt"]) == SourceSearch.Result())
    #expect(find([], in: "/nothing") == SourceSearch.Result())
  }

  @Test func `A directory with several odd logs asks for a choice`() {
    #expect(
      find(["a.jsonl", "b.jsonl"]).problem
        == "2 logs in the directory (a.jsonl, b.jsonl): name one of them")
  }
}
