import RunLog
import TestSupport
import Testing

/// What one line says: numbers, steps, phases, switches, texts.
struct RecordTests {
  @Test(
    arguments: [
      ("1", 1), ("-0", -0.0), ("-1.5e-3", -0.0015), ("1E5", 1e5), ("0.1", 0.1),
      ("5e-324", .leastNonzeroMagnitude),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("1e400", .infinity), ("-1e400", -.infinity),
      ("1e-400", 0), ("Infinity", .infinity), ("-Infinity", -.infinity),
      ("123456789012345678901234567890", 123456789012345678901234567890.0),
      ("9007199254740993", 9007199254740992), ("0.30000000000000004", 0.30000000000000004),
      ("1e00000000000000000000000005", 1e5), ("2.2250738585072011e-308", .leastNormalMagnitude.nextDown),
    ] as [(String, Double)])
  func `A number is the float64 nearest to what is written`(written: String, value: Double) {
    for line in ["{\"a\":\(written)}", "{\"a\":\(written) ,\"b\":1}", "{\"n\":{\"a\" : \(written)}}"] {
      let first = batch(of: line).numbers.first
      #expect(first?.bitPattern == value.bitPattern, "\(line)")
    }
  }

  @Test func `NaN is a value and null is none`() {
    let read = batch(of: "{\"a\":NaN,\"b\":null,\"c\":2,\"time\":null,\"mode\":null}")
    #expect(read.newKeys == ["a", "c"])
    #expect(read.numbers.first?.isNaN == true)
    #expect(read.numbers.last == 2)
    #expect(read.records.first?.time.isNaN == true)
  }

  @Test func `Random doubles read back exactly`() {
    var generator = SplitMix(seed: 3)
    let values = (0..<2000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
    let read = batch(of: "{" + values.enumerated().map { "\"k\($0)\":\($1)" }.joined(separator: ",") + "}")
    #expect(Array(read.numbers) == values)
  }

  @Test func `Nested objects flatten, other arrays are ignored, equal names are one key`() {
    let read = batch(of: "{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":[3,{\"f\":4}],\"a/d\":5,\"\":6,\"g\":{}}")
    #expect(read.newKeys == ["a/b/c", "a/d", ""])
    #expect(read.numberKeys == [0, 1, 1, 2])
    #expect(read.numbers == [1, 2, 5, 6])
  }

  @Test func `Of a key given twice in one object the last value counts`() {
    let read = batch(of: "{\"a\":1,\"b\":3,\"a\":2,\"c\":{\"a\":4},\"b\":5}")
    #expect(read.newKeys == ["a", "b", "c/a"])
    #expect(read.numbers == [2, 5, 4])
  }

  @Test func `Keys and texts lose their escapes`() {
    let read = batch(of: #"{"l\u00f6ss":1,"löss":2,"note":"a\n\"\ud83d\ude00\ud83d\\","t":{"u":"\/"}}"#)
    #expect(read.newKeys == ["löss"])
    #expect(
      read.texts == [
        RecordText(record: 0, key: "note", text: "a\n\"\u{1F600}\u{FFFD}\\"),
        RecordText(record: 0, key: "t/u", text: "/"),
      ])
  }

  @Test func `An object without numbers is no mistake`() {
    #expect(batch(of: "{\"note\":\"hello\"}").records.count == 1)
    let empty = batch(of: "{}")
    #expect(empty.records.isEmpty && empty.notices.isEmpty && empty.status.lines == 1)
  }

  @Test func `Booleans are not metrics`() {
    let read = batch(of: "{\"done\":true,\"grad_enabled\":false,\"loss\":1}")
    #expect(read.newKeys == ["loss"])
    #expect(read.records.first?.modes == ModelModes(policyGradients: false))
  }

  // Steps.

  @Test(
    arguments: [
      ("{\"step\":5}", 5, []),
      ("{\"step\":5.0}", 5, []),
      ("{\"step\":1e3}", 1000, []),
      ("{\"step\":-0.0}", 0, []),
      ("{\"step\":-3}", -3, []),
      ("{\"step\":9007199254740993}", 9_007_199_254_740_993, []),
      ("{\"step\":9223372036854775807 }", .max, []),
      ("{\"step\":-9223372036854775808}", .min, []),
      ("{\"global_step\":5}", 5, []),
      ("{\"iteration\":5}", 5, []),
      ("{\"iter\":5}", 5, []),
      ("{\"_step\":5}", 5, []),
      ("{\"_step\":1,\"iter\":2,\"iteration\":3,\"global_step\":4}", 4, ["_step", "iter", "iteration"]),
      ("{\"_step\":1,\"iter\":2,\"iteration\":3}", 1, ["iter", "iteration"]),
      ("{\"iteration\":1,\"iter\":2}", 2, ["iteration"]), ("{\"step\":\"5\"}", 5, []),
      ("{\"Global Step\":\"5.0\"}", 5, []),
      ("{\"global_step/max_steps\":\"10/438\"}", 10, []), ("{\"a\":{\"b\":{\"train_step\":3}}}", 3, []),
      ("{\"a\":{\"step\":3},\"iter\":4}", 4, ["a/step"]),
      ("{\"step\":9,\"global_step\":5,\"iter\":6}", 9, ["global_step", "iter"]),
      ("{\"step\":null,\"global_step\":5}", 5, []),
    ] as [(String, Int, [String])])
  func `The step is an integer, from step or else from its usual other names`(
    line: String, step: Int, metrics: [String]
  ) {
    let read = batch(of: line)
    #expect(read.records.first?.step == step)
    #expect(read.records.first?.hasOwnStep == true)
    #expect(read.newKeys == metrics)
  }

  @Test(arguments: [
    "\"x\"", "NaN", "Infinity", "1e30", "9223372036854775808", "-9223372036854775809", "true", "[1]",
  ])
  func `Any other step rejects the line`(step: String) {
    for key in ["step", "global_step"] where key == "step" || step != "[1]" {
      let read = batch(of: "{\"loss\":1,\"\(key)\":\(step)}")
      #expect(read.records.isEmpty)
      #expect(read.numbers.isEmpty)
      #expect(read.notices.map(\.kind) == [.rejected(reason: "step is no integer")])
    }
  }

  @Test func `A record without a step belongs to the last one seen`() {
    let all = transcript(of: "{\"a\":1}\n{\"step\":7}\n{\"a\":2}\n{\"step\":1.5}\n{\"a\":3}\n")
    #expect(
      all.entries == [
        "1 step 0* a=1.0", "2 step 7", "3 step 7* a=2.0", "4 rejected: step is no integer", "5 step 7* a=3.0",
      ])
  }

  // Phases and switches.

  @Test(
    arguments: [
      ("{\"loss\":1}", Phase.train, ["loss"]),
      ("{\"mode\":\"train\",\"loss\":1}", .train, ["loss"]),
      ("{\"loss\":1,\"mode\":\"eval\"}", .eval, ["eval/loss"]),
      (
        "{\"mode\":\"eval\",\"eval/acc\":1,\"eval_loss\":2,\"kl\":3}", .eval,
        ["eval/acc", "eval_loss", "eval/kl"]
      ),
      ("{\"phase\":\"train\",\"mode\":\"eval\",\"loss\":1}", .train, ["loss"]),
      ("{\"phase\":\"eval\",\"mode\":\"train\",\"loss\":1}", .eval, ["eval/loss"]),
      ("{\"phase\":\"eval\",\"a\":{\"b\":1}}", .eval, ["eval/a/b"]),
      ("{\"phase\":\"warmup\",\"mode\":\"eval\",\"a\":1}", .eval, ["eval/a"]),
      ("{\"mode\":3,\"a\":1}", .train, ["a"]),
    ] as [(String, Phase, [String])])
  func `Numbers of phase eval have series of their own`(line: String, phase: Phase, keys: [String]) {
    let read = batch(of: line)
    #expect(read.records.first?.phase == phase)
    #expect(read.newKeys == keys)
  }

  @Test func `Both phases of a key are numbered in the order in which they appear`() {
    let all = transcript(
      of: "{\"mode\":\"eval\",\"a\":1}\n{\"a\":2}\n{\"mode\":\"eval\",\"a\":3,\"b\":4}\n{\"eval/a\":5}\n")
    #expect(all.keys == ["eval/a", "a", "eval/b"])
    #expect(
      all.entries == [
        "1 step 0* eval eval/a=1.0", "2 step 1* a=2.0", "3 step 2* eval eval/a=3.0 eval/b=4.0",
        "4 step 3* eval/a=5.0",
      ])
  }

  @Test func `The switches of both models`() {
    let read = batch(
      of:
        "{\"mode\":\"train\",\"grad_enabled\":true,\"ref_mode\":\"eval\",\"ref_grad_enabled\":false,\"time\":1760000000.5}"
    )
    #expect(
      read.records.first?.modes
        == ModelModes(policy: .train, policyGradients: true, reference: .eval, referenceGradients: false))
    #expect(read.records.first?.time == 1760000000.5)
    #expect(read.newKeys.isEmpty && read.texts.isEmpty)
  }

  @Test func `Nothing is inferred about a reference that is the policy without adapters`() {
    #expect(
      batch(of: "{\"mode\":\"train\",\"ref_is_adapter_off\":true}").records.first?.modes
        == ModelModes(policy: .train, referenceIsAdapterOff: true))
    #expect(
      batch(of: "{\"mode\":\"train\",\"ref_mode\":\"eval\",\"ref_is_adapter_off\":true}").records.first?.modes
        .reference
        == .eval)
  }

  // The run.

  @Test func `A run event describes the run and is no metric`() {
    let read = batch(
      of:
        "{\"event\":\"run\",\"name\":\"d\",\"classes\":[\"0\",\"1\"],\"objective\":{\"lambda\":0.5,\"sign\":\"+\"}}"
    )
    let run = RunDescription(name: "d", classes: ["0", "1"], lambda: 0.5, sign: "+")
    #expect(read.notices == [LogNotice(position: 0, line: 1, kind: .run(run))])
    #expect(read.records.isEmpty && read.newKeys.isEmpty && read.texts.isEmpty)
  }

  @Test func `Other texts of a run event are shown like those of any record, its numbers are no metrics`() {
    let read = batch(
      of:
        "{\"event\":\"run\",\"classes\":[0,1],\"objective\":{\"sign\":-1},\"seed\":3,\"gpu\":\"A\"}")
    #expect(read.notices.map(\.kind) == [.run(RunDescription(classes: ["0", "1"], sign: "-"))])
    #expect(read.newKeys == [])
    #expect(read.texts == [RecordText(record: 0, key: "gpu", text: "A")])
  }

  @Test func `Other events are shown, and numbers that describe are no metrics`() {
    let read = batch(of: "{\"event\":\"checkpoint\",\"name\":\"c\",\"objective\":{\"lambda\":1},\"size\":3}")
    #expect(read.notices.isEmpty)
    #expect(read.newKeys == [])
    #expect(read.texts.map(\.key) == ["event", "name"])
  }

  // The dialect.

  @Test(arguments: [
    "{\"event\":\"x\"}", "{\"phase\":\"train\"}", "{\"mode\":\"max\"}", "{\"logits\":[1]}",
    "{\"ref_loss\":1}",
    "{\"logits/chosen\":1}", "{\"logits_file\":\"a\"}", "{\"ref_mode\":null}",
  ])
  func `Native is a log with a key of the native log`(line: String) {
    #expect(batch(of: line).status.dialect == .native)
    #expect(transcript(of: "{\"step\":1}\n\(line)\n{\"step\":2}\n").status.dialect == .native)
    // A line that is rejected says nothing about the log, not even when its keys come again in a good one.
    #expect(transcript(of: "{\"step\":1}\n\(line)]\n").status.dialect == .jsonl)
    #expect(transcript(of: "{\"step\":1}\n\(line)]\n\(line)\n").status.dialect == .native)
  }

  @Test(arguments: [
    "{\"loss\":1}", "{\"a\":{\"mode\":\"x\",\"ref_b\":1}}", "{\"time\":3}", "{\"xlogits\":1}", "{}",
  ])
  func `Any other log of objects is plain`(line: String) {
    #expect(batch(of: line).status.dialect == .jsonl)
  }

  @Test func `A key that marks a native log is a metric like any other`() {
    let all = transcript(of: "{\"ref_loss\":1}\n{\"ref_loss\":2,\"logits/chosen\":3}\n")
    #expect(all.entries == ["1 step 0* ref_loss=1.0", "2 step 1* logits/chosen=3.0 ref_loss=2.0"])
  }

  @Test func `Names of the native log for distributions are metrics where they are numbers without one`() {
    let read = batch(
      of:
        "{\"tokens\":12,\"target\":3,\"mask\":1,\"sample\":4,\"logits\":5,\"logprobs\":6,\"set\":7}")
    #expect(read.newKeys == ["tokens", "target", "mask", "sample", "logits", "logprobs"])
  }
}
