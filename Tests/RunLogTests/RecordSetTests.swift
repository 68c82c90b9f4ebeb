import RunLog
import TestSupport
import Testing

/// Whose numbers a record has: two sets are two series.
struct RecordSetTests {
  private func keys(_ lines: [String], at path: String = "/run/metrics.jsonl") -> [String] {
    let files = FakeFileSystem()
    files.create(path, Array((lines.joined(separator: "\n") + "\n").utf8))
    var follower = RunFollower(path: path, fileSystem: files)
    return follower.nextBatch().newKeys
  }

  @Test(arguments: [
    ("eval", "old", "kl", "eval/old/kl"), ("eval", "old", "eval_loss", "eval/old/loss"),
    ("eval", "old", "eval/kl", "eval/old/kl"), ("eval", "old", "old/accuracy", "eval/old/accuracy"),
    ("eval", "old", "eval_old_loss", "eval_old_loss"), ("eval", "new", "old/kl", "eval/new/old/kl"),
    ("train", "old", "kl", "old/kl"), ("train", "old", "old_kl", "old_kl"),
    ("eval", "Old", "eval/old/kl", "eval/old/kl"), ("eval", "a/b", "kl", "eval/a/b/kl"),
  ])
  func `A number of a record with a set has the set in its key, once`(
    phase: String, set: String, key: String, expected: String
  ) {
    #expect(keys([#"{"step":1,"phase":"\#(phase)","set":"\#(set)","\#(key)":0.5}"#]) == [expected])
  }

  @Test func `Records of two sets share no key, and one without a set keeps its own`() {
    let lines = ["old", "new"].map { #"{"step":1,"phase":"eval","set":"\#($0)","kl":0.5,"n":{"x":1}}"# }
    #expect(
      keys(lines + [#"{"step":1,"phase":"eval","kl":0.5}"#])
        == ["eval/old/kl", "eval/old/n/x", "eval/new/kl", "eval/new/n/x", "eval/kl"])
  }

  @Test(arguments: ["checkpoint", "end", "run"])
  func `Numbers of a record that describes the run are no metrics`(event: String) {
    #expect(
      keys([#"{"event":"\#(event)","step":40,"total_steps":100,"x":{"y":3}}"#, #"{"step":1,"a":2}"#]) == ["a"]
    )
  }

  @Test func `A record of another event is one of numbers`() {
    #expect(keys([#"{"event":"train_step","step":40,"loss":1.5}"#]) == ["loss"])
  }

  @Test func `What TRL logs once for each evaluation set takes the set from the loss beside it`() {
    let rows = ["old", "new"].map {
      #"{"step":10,"eval_mean_token_accuracy":0.9,"eval_\#($0)_loss":0.5,"epoch":0.5}"#
    }
    #expect(
      keys(rows) == [
        "eval_old_mean_token_accuracy", "eval_old_loss", "epoch", "eval_new_mean_token_accuracy",
        "eval_new_loss",
      ])
    let printed = [
      "{'eval_mean_token_accuracy': 0.9, 'eval_old_loss': 0.5, 'epoch': 0.5}",
      "{'eval_mean_token_accuracy': 0.1, 'eval_new_loss': 0.5, 'epoch': 0.5}",
    ]
    #expect(
      keys(printed, at: "/run/train.log").filter { $0.contains("accuracy") } == [
        "eval_old_mean_token_accuracy", "eval_new_mean_token_accuracy",
      ])
  }

  @Test(arguments: [
    #"{"step":1,"eval_loss":1,"eval_ce_loss":0.5,"eval_accuracy":0.5}"#,
    #"{"step":1,"eval_a_loss":1,"eval_b_loss":0.5,"eval_accuracy":0.5}"#,
    #"{"step":1,"eval_accuracy":0.5,"loss":1}"#,
  ])
  func `A row of one set, or of several, keeps its keys`(line: String) {
    #expect(keys([line]).contains("eval_accuracy"))
  }
}
