import RunLog
import TestSupport
import Testing

/// Which file a path means.
struct RunLocationTests {
  private func resolve(_ path: String, _ names: [String]) -> RunLocation {
    let files = FakeFileSystem()
    files.makeDirectory("/run")
    for name in names { files.create("/run/" + name, "{}\n") }
    return RunLocation.resolve(path, in: files)
  }

  @Test(arguments: [
    (["metrics.jsonl", "log.jsonl", "other.jsonl"], "metrics.jsonl"),
    (["log.jsonl", "other.jsonl"], "log.jsonl"),
    (["other.jsonl", "notes.txt", ".hidden.jsonl"], "other.jsonl"),
  ])
  func `A directory means its usual log, or its only one`(names: [String], log: String) {
    #expect(resolve("/run", names) == .file("/run/" + log))
  }

  @Test(arguments: [
    (["data.jsonl", "trainer_log.jsonl", "trainer_state.json"], "trainer_log.jsonl"),
    (
      ["trainer_state.json", "events.out.tfevents.1.host", "checkpoint-9/trainer_state.json"],
      "trainer_state.json"
    ),
    (
      ["events.out.tfevents.1.host", "events.out.tfevents.2.host", "run-x.wandb"],
      "events.out.tfevents.2.host"
    ),
    (["run-x.wandb", "metrics.csv"], "run-x.wandb"), (["metrics.csv", "log_1.txt"], "metrics.csv"),
    (["log_1.txt", "log_2.txt", "notes.txt"], "log_2.txt"),
    (
      ["checkpoint-9/trainer_state.json", "checkpoint-10/trainer_state.json"],
      "checkpoint-10/trainer_state.json"
    ),
    (["runs/Nov23_host/events.out.tfevents.1"], "runs/Nov23_host/events.out.tfevents.1"),
    (
      ["wandb/offline-run-1-a/run-a.wandb", "wandb/offline-run-2-b/run-b.wandb"],
      "wandb/offline-run-2-b/run-b.wandb"
    ),
    (["csv/version_2/metrics.csv", "csv/version_10/metrics.csv"], "csv/version_10/metrics.csv"),
    (["metrics.jsonl", "trainer_state.json"], "metrics.jsonl"),
  ])
  func `A directory means the richest log that a trainer left there`(names: [String], log: String) {
    let files = FakeFileSystem()
    for name in names {
      var directory = "/run"
      for part in name.split(separator: "/") {
        files.makeDirectory(directory)
        directory += "/" + part
      }
      files.create("/run/" + name, "{}\n")
    }
    #expect(RunLocation.resolve("/run", in: files) == .file("/run/" + log))
  }

  @Test func `A directory without a log is waited for`() {
    #expect(resolve("/run", ["notes.txt"]) == .waiting)
  }

  @Test func `A directory with several logs asks for a choice`() {
    #expect(
      resolve("/run", ["a.jsonl", "b.jsonl"])
        == .unusable("2 logs in the directory (a.jsonl, b.jsonl): name one of them"))
  }

  @Test func `A path may be the log itself, nothing yet, or standard input`() {
    #expect(resolve("/run/a.txt", ["a.txt"]) == .file("/run/a.txt"))
    #expect(resolve("/run/b.txt", ["a.txt"]) == .waiting)
    #expect(resolve("-", []) == .pipe("-"))
  }

  @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b", "a")])
  func `The directory of a path`(path: String, parent: String) {
    #expect(RunLocation.parent(of: path) == parent)
  }

  @Test func `A directory and the log in it may be created later`() {
    var reading = Reading(path: "/run")
    reading.readOn()
    #expect(reading.status.source == .waitingForFile)
    reading.files.makeDirectory("/run")
    reading.readOn()
    #expect(reading.status.source == .waitingForFile)
    reading.files.append("/run/metrics.jsonl", "{\"step\":1}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1"])
  }

  @Test func `A better log that appears in the directory takes over`() {
    var reading = Reading(path: "/run")
    reading.files.create("/run/samples.jsonl", "{\"step\":1}\n")
    reading.readOn()
    reading.files.create("/run/metrics.jsonl", "{\"step\":2}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "1 started over: replaced", "1 step 2"])
  }

  @Test func `A second log of no usual name changes nothing`() {
    var reading = Reading(path: "/run")
    reading.files.create("/run/a.jsonl", "{\"step\":1}\n")
    reading.readOn()
    reading.files.create("/run/b.jsonl", "{\"step\":9}\n")
    reading.files.append("/run/a.jsonl", "{\"step\":2}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "2 step 2"])
    #expect(reading.status.source == .upToDate)
  }

  @Test func `Standard input is read to its end`() {
    var reading = Reading(path: "-")
    reading.files.type("{\"step\":1}\n{\"step\":")
    reading.readOn()
    #expect(reading.entries == ["1 step 1"])
    #expect(reading.status.source == .upToDate)
    #expect(reading.status.bytesTotal == nil)
    reading.files.type("2}")
    reading.files.endInput()
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "2 step 2"])
    #expect(reading.status.source == .ended)
    #expect(reading.status.lines == 2)
    reading.readOn()
    #expect(reading.entries.count == 2)
    #expect(reading.status.source == .ended)
  }
}
