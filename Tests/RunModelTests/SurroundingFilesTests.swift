import FileAccess
import Foundation
import RunAnalysis
import RunLog
import RunModel
import TestSupport
import Testing

@testable import RunFeed

/// What is read beside a run's logs: its configuration, and what its training printed.
struct SurroundingFilesTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("kltop-surroundings-\(UUID().uuidString)")

  private func write(_ text: String, to name: String) throws {
    let url = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func surroundings() -> RunSurroundings { SurroundingFiles().surroundings(of: folder.path) }

  private func values() -> [String: String] {
    Dictionary(
      surroundings().configuration.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func `An adapter's configuration, hparams and mlflow's parameters are read`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      #"{"r": 16, "lora_alpha": 32.5, "target_modules": ["q_proj", "v_proj"], "bias": null}"#,
      to: "adapter_config.json")
    try write(
      "lr: 0.001\nmodel:\n  name: 'gpt2'  \n  layers:\n  - 1\n  - 2\n# a comment\n", to: "hparams.yaml")
    try write("0.2", to: "params/kl_coefficient")
    #expect(
      values() == [
        "r": "16", "lora_alpha": "32.5", "target_modules": "q_proj, v_proj", "bias": "null", "lr": "0.001",
        "model/name": "gpt2", "model/layers": "1, 2", "kl_coefficient": "0.2",
      ])
    #expect(surroundings().configuration.first { $0.key == "lr" }?.source == "hparams.yaml")
  }

  @Test func `A watched folder is read again where it has changed, and nowhere else`() throws {
    let files = FakeFileSystem()
    files.makeDirectory("/run")
    files.create("/run/hparams.yaml", "lr: 0.001\n")
    files.create("/run/console.log", "line 1\n")
    let folder = RunFolder(in: files)
    let first = folder.news(of: "/run").surroundings
    #expect(first.configuration.map(\.value) == ["0.001"] && first.console?.lines == ["line 1"])
    #expect(folder.news(of: "/run").surroundings == first)
    files.append("/run/console.log", "line 2\n")
    let second = folder.news(of: "/run").surroundings
    #expect(second.configuration == first.configuration && second.console?.lines == ["line 1", "line 2"])
    files.append("/run/hparams.yaml", "beta: 0.1\n")
    #expect(folder.news(of: "/run").surroundings.configuration.map(\.value) == ["0.001", "0.1"])
  }

  @Test func `W&B's folder of a run gives its settings without what W&B adds`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      "_wandb:\n    value:\n        cli_version: 0.19\nlearning_rate:\n    desc: null\n    value: 2e-05\n",
      to: "files/config.yaml")
    #expect(values() == ["learning_rate": "2e-05"])
  }

  @Test func `Of what a training printed the newest file's end is shown as a terminal shows it`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("old\n", to: "slurm-1.out")
    let old = Date(timeIntervalSince1970: 1000)
    try FileManager.default.setAttributes(
      [.modificationDate: old], ofItemAtPath: folder.appendingPathComponent("slurm-1.out").path)
    let bar = (0...3).map { "\r \($0)/3 [##]" }.joined()
    try write(
      "start\n\(bar)\n\u{1b}[31mCUDA out of memory\u{1b}[0m\n\u{1b}]0;title\u{07}end", to: "output.log")
    let console = try #require(surroundings().console)
    #expect(console.path.hasSuffix("output.log") && !console.isCut)
    #expect(console.lines == ["start", " 3/3 [##]", "CUDA out of memory", "end"])
    try write((0..<20_000).map { "line \($0)\n" }.joined(), to: "output.log")
    let long = try #require(surroundings().console)
    #expect(long.isCut && long.lines.count == 500 && long.lines.last == "line 19999")
  }

  @Test func `A run without any of it has none`() throws {
    try write("{}", to: "metrics.jsonl")
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(surroundings() == RunSurroundings())
    #expect(SurroundingFiles().surroundings(of: "-") == RunSurroundings())
  }

  @Test func `The run record's own configuration wins over files`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      #"{"event":"run","config":{"learning_rate":2e-5,"bf16":true,"model":"gpt2","lora":{"r":8},"seed":5,"betas":[0.9,0.99],"modules":["q","v"]}}"#
        + "\n"
        + #"{"step":1,"loss":2.5}"# + "\n", to: "metrics.jsonl")
    try write(#"{"seed": 7, "warmup": 10}"#, to: "args.json")
    let entry = RunCatalogue.Entry(path: folder.path)
    let run = try RunLoading(entry, dialect: nil).loadAll().model
    let known = Dictionary(uniqueKeysWithValues: run.configuration.map { ($0.key, $0.value) })
    #expect(
      known == [
        "learning_rate": "2e-05", "bf16": "true", "model": "gpt2", "lora/r": "8", "seed": "5", "warmup": "10",
        "betas": "0.9, 0.99", "modules": "(a list)",
      ])
    #expect(run.configuration.first { $0.key == "warmup" }?.source == "args.json")
    #expect(run.configuration.first { $0.key == "seed" }?.source == "run record")
    // Nothing of it is a metric.
    #expect(run.series.map(\.name) == ["loss"])
  }
}
