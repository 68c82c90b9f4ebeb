import RunLog
import TestSupport
import Testing

/// Records between whatever else programs print: pairs, dicts and objects behind prefixes.
struct LogTextTests {
  private static let losses = [2.5, 2.25, 2.125]

  /// A log of three lines, of which each is made from a number of ten steps and a loss.
  private func log(_ line: (Int, Double) -> String) -> Transcript {
    transcript(of: zip(1..., Self.losses).map { line($0 * 10, $1) + "\n" }.joined())
  }

  private func losses(_ all: Transcript) -> [String] {
    all.entries.filter { $0.contains(" step ") }.map { entry in
      let words = entry.split(separator: " ")
      let loss = entry.lowercased().firstRange(of: "loss").map { entry.lowercased()[$0.lowerBound...] } ?? ""
      let value = loss.split(separator: "=").dropFirst().first?.split(separator: " ").first ?? ""
      return String(words[2].filter { $0 != "*" }) + " " + value
    }
  }

  private static let forms: [@Sendable (Int, Double) -> String] = [
    { "iter \($0): loss \($1), time 32.11ms, mfu 17.12%" },
    { "steps: \($0) loss: \($1) iter time (s): 1.204 samples/sec: 13.28" },
    {
      " [2025-08-01 07:19:00] iteration       \($0)/    1000 | consumed samples: 80 | lm loss: \($1) | number of nan iterations: 0 |"
    },
    { "Epoch 1 | iter \($0 * 4) step \($0) | loss train: \($1), val: n/a | iter time: 123.45 ms (step)" },
    { "| epoch 006:   100 / 2934 loss=\($1), ppl=5.63, num_updates=\($0), lr=0.0005" },
    { "time=2024-01-01T00:00:00Z level=info step=\($0) loss=\($1) kl=0.0" },
    {
      "2023/01/01 10:00:00 - mmengine - INFO - Epoch(train)  [1][\($0)/80]  lr: 1.0000e-04  eta: 0:01:00  loss: \($1)"
    },
    {
      "2023-01-01 10:00:00,123 - mmdet - INFO - Epoch [1][\($0)/80]\tlr: 1.000e-04, eta: 0:01:00, loss: \($1)"
    },
    {
      "[titan] 2025-01-01 10:00:00,123 - root - INFO - \u{1B}[36mstep: \($0)  \u{1B}[32mloss: \($1)  memory: 12.34GiB(12.3%)"
    },
    { "step:\($0)/80 train_loss:\($1) train_time:123ms" },
    { "[epoch=0][batch=\($0)/80]:\n\t Train loss/train/total: \($1)" },
    {
      "{\"log\": \"step \($0): loss \($1)\\n\", \"stream\": \"stdout\", \"time\": \"2024-01-01T00:00:00Z\"}"
    },
    { "2024-01-01T00:00:00Z stdout F {\"step\": \($0), \"loss\": \($1)}" },
    { "\r 12%|█▏   | 0/8 [00:00<00:01, 5.1it/s]\r{\"step\": \($0), \"loss\": \($1)}" },
    { "{\"MESSAGE\": \"{\\\"step\\\": \($0), \\\"loss\\\": \($1)}\", \"_PID\": \"12\"}" },
    { "{\"step\": \($0), \"loss\": \($1)}," },
    { "step \($0) {'loss': \($1), 'lr': 1e-05}" },
    { "{'loss': '\($1)', 'epoch': '0.1', 'global_step/max_steps': '\($0)/80', 'percentage': '12.50%'}" },
    {
      "mmengine - INFO - Iter(train) [    \($0)/160000]  base_lr: 1.0000e-02  eta: 1 day, 2:03:04  loss: \($1)"
    },
    { "[\($0)] loss: \($1)" },
    { "I0101 10:00:00.123456 140123 metric_writer.py:112] [\($0)] learning_rate=0.001, loss=\($1)" },
    { "[1, \($0)] loss: \($1)" },
    { "train step \($0) of 80: loss \($1) (avg 2.0)" },
    { "Loss at step \($0): \($1)" },
    { "(step=00000\($0)) Train Loss: \($1), Train Steps/Sec: 1.23" },
    { "Step[\($0)] Loss[\($1)]" },
    { "🚀 step \($0) | 📉 loss \($1)" },
    { "epoch: 1 step: \($0), loss is \($1)" },
    { "step \($0): train loss \($1) (took 1234.567 ms)" },
    { "Epoch: [0][  \($0)/5005]\tTime  0.5 ( 0.6)\tLoss \($1) (\($1))\tAcc@1   1.00 (  0.5)" },
    { "[10:00:00] INFO [step=\($0)/739328]\n    train/Loss=\($1)" },
    { "Step \($0)\n  loss: \($1)\n" },
    { "========== Step \($0)/80 ==========\n▶ Preparing batch...\n  • Loss: \($1)" },
    { "---\nstep: \($0)\nloss: \($1)" },
    { "Result for train_abc_00000:\n  date: 2024-01-01\n  loss: \($1)\n  training_iteration: \($0)\n" },
    {
      "-----------------\n| time/           |      |\n|    total_timesteps | \($0) |\n| train/ | |\n|    loss | \($1) |\n-----"
    },
    {
      "╭──────────────╮\n│ Training result │\n├────────────┤\n│ training_iteration      \($0) │\n│ loss   \($1) │\n╰───────╯"
    },
    { "2024-01-01T00:00:00Z stdout P {\"step\": \($0),\n2024-01-01T00:00:00Z stdout F  \"loss\": \($1)}" },
    { "INFO metrics: {\n  \"step\": \($0),\n  \"loss\": \($1)\n}" },
    { "{\"textPayload\": \"step \($0): loss \($1)\", \"severity\": \"DEFAULT\"}" },
    { "{'step': \($0), 'train': {'loss': \($1), 'kl': 0.1}}" },
  ]

  @Test(arguments: forms.indices)
  func `A person and the program read the same steps and losses`(form: Int) {
    #expect(losses(log(Self.forms[form])).filter { !$0.hasSuffix(" ") } == ["10 2.5", "20 2.25", "30 2.125"])
  }

  @Test(arguments: forms.indices)
  func `Lines that differ in nothing but their numbers are read as the first ones`(form: Int) {
    // Steps and losses of one digit and of many.
    let values = (1...24).map { line -> (step: Int, loss: Double) in
      (line * 3, line % 5 == 0 ? 0.0625 : 2.5 + Double(line * line) / 16)
    }
    let all = transcript(of: values.map { Self.forms[form]($0.step, $0.loss) + "\n" }.joined())
    #expect(
      losses(all).filter { !$0.hasSuffix(" ") } == values.map { "\($0.step) \($0.loss)" })
  }

  @Test func `A line of a known shape may have numbers of any form, and other words are another shape`() {
    let values = ["0.5", "7", "-0.25", "1e-05", "2.5e-08", "1234567.125", "-3e-07", "0.001", "nan", "12"]
    func pair(_ line: Int) -> (loss: String, word: String, kl: String) {
      (values[line % 10], line % 7 == 6 ? "kl2" : "kl", values[line * 3 % 10])
    }
    let lines = (0..<80).map { line -> String in
      let (loss, word, kl) = pair(line)
      let clock = "2025-08-01 07:\(10 + line % 50):00,\(100 + line)"
      return "\(clock) step \(line)/80: loss=\(loss), \(word)=\(kl)\n"
    }
    let found = transcript(of: lines.joined()).entries.filter { $0.contains(" step ") }
    #expect(found.count == 80)
    for (line, entry) in found.enumerated() {
      let (loss, word, kl) = pair(line)
      #expect(entry.contains(" step \(line)"))
      #expect(entry.contains("loss=\(Double(loss) ?? .nan)"), "\(entry)")
      #expect(entry.contains("\(word)=\(Double(kl) ?? .nan)"), "\(entry)")
    }
  }

  @Test func `A table between other text is read below its line of names`() {
    let epochs = Self.losses.enumerated().map {
      "      Epoch    GPU_mem   box_loss   Instances\n        \($0 + 1)/3      2.61G     \($1)    71: 100%|███| 8/8 [00:04<00:00, 1.8it/s]\n"
    }
    let all = transcript(of: "Ultralytics 8.3.0 Python-3.11\n" + epochs.joined())
    #expect(losses(all).map { $0.split(separator: " ")[1] } == ["2.5", "2.25", "2.125"])
    let rows = Self.losses.enumerated().map { "\($0 * 10)\t\($1)\n" }
    let notebook = transcript(
      of: "Num examples = 1,000\n [30/30 01:02, Epoch 1/1]\nStep\tTraining Loss\n" + rows.joined())
    #expect(losses(notebook) == ["0 2.5", "10 2.25", "20 2.125"])
  }

  @Test(arguments: [
    "loss: \u{0}:  10%|█  | \u{1}/100 [00:10<01:00, 5.10it/s]",
    "Steps:  10%|█ | \u{1}/80 [00:10<01:00, 1.1s/it, loss=\u{0}]",
    "\u{1}/32 - 1s - 20ms/step - accuracy: 0.5500 - loss: \u{0}", "loss: \u{0}  [   \u{1}/60000]",
    "[ \u{1}/80] Train Loss: \u{0} | Train Acc: 50.12%",
    "train (\u{1}/80) accuracy01: 0.5 | loss: \u{0} | lr: 0.001",
  ])
  func `A bar in any form gives the position`(form: String) {
    let all = log { form.replacing("\u{1}", with: "\($0)").replacing("\u{0}", with: "\($1)") }
    #expect(losses(all) == ["10 2.5", "20 2.25", "30 2.125"])
    #expect(all.status.stepSource == .inferredFromOrder)
  }

  @Test func `Positions of a progress bar are steps where nothing else is`() {
    let bars = (0..<4).map {
      "Train epoch [1/1]: \($0 * 25)%|█▏  | \($0)/4 [00:00<00:45,  5.1s/it, policy_loss=\(4 - $0), kl=0.0\($0)]"
    }
    let all = transcript(of: bars.joined(separator: "\r") + "\n")
    #expect(losses(all) == ["0 4.0", "1 3.0", "2 2.0", "3 1.0"])
    #expect(all.status.stepSource == .inferredFromOrder)
    #expect(all.status.dialect == .textPairs)
  }

  @Test func `Epochs of Keras are steps`() {
    let text = (1...3).map {
      "Epoch \($0)/3\n1875/1875 [====] - 3s 2ms/step - loss: 0.\($0) - accuracy: 0.9\n"
    }.joined()
    #expect(losses(transcript(of: text)) == ["1 0.1", "2 0.2", "3 0.3"])
  }

  @Test(arguments: [
    "Version 2, step 3 of the licence: loss 2\n",
    "In step 10, loss 2.5 was seen.\nIn step 10, loss 2.5 was seen.\n",
    "for (step = 0; step < 10; step++)\n  x = 3;\nstep = 1, y = 2\nstep = 2, y = 3\n",
    "`step 10: loss 2.5`\n`step 20: loss 2.25`\n", "error at step 3, score 5\nerror at step 4, score 6\n",
    "iteration 1: 2024-01-01\niteration 2: 2024-01-02\n",
    "/* { \"loss\": 1 } */\nint x;\nint y;\n",
  ])
  func `Prose and programs are no logs`(text: String) {
    let all = transcript(of: text)
    #expect(all.status.dialect == nil)
    #expect(!all.entries.contains { $0.contains(" step ") })
    #expect(all.status.obstacle == "text without steps and metrics")
  }

  @Test func `What came before a log was believed counts too, and live as at once`() {
    let text =
      "Loading\nstep 0: train loss 4.5, val loss 4.25\niter 10: loss 2.5, time 1ms\niter 20: loss 2.25, time 1ms\n"
    let whole = transcript(of: text)
    #expect(losses(whole).count == 3)
    var reading = Reading()
    for line in text.split(separator: "\n") { reading.append(line + "\n") }
    let again = reading.entries.lastIndex { $0.hasSuffix("steps revised") } ?? 0
    #expect(
      reading.entries[again...].filter { $0.contains(" step ") }
        == whole.entries.filter { $0.contains(" step ") })
  }
}

/// Steps that are not named, and numbers in other clothes.
struct LooseRecordTests {
  @Test(arguments: [
    ("{\"epoch\":0,\"loss\":3}\n{\"epoch\":1,\"loss\":2}\n", [0, 1], StepSource.inferredFromEpoch),
    ("{\"epoch\":1,\"loss\":3}\n{\"epoch\":1,\"loss\":2}\n", [0, 1], .inferredFromOrder),
    ("{\"epoch\":0.1,\"loss\":3}\n{\"epoch\":0.2,\"loss\":2}\n", [0, 1], .inferredFromOrder),
    (
      "{\"step\":0.0,\"loss\":3}\n{\"step\":0.5,\"loss\":2}\n{\"step\":1.0,\"loss\":2}\n{\"step\":1.5,\"loss\":1}\n",
      [0, 1, 2, 3], .inferredFromOrder
    ),
    (
      "{\"batch\":32,\"loss\":3}\n{\"batch\":32,\"loss\":2}\n{\"batch\":32,\"loss\":2}\n{\"batch\":32,\"loss\":1}\n",
      [0, 1, 2, 3], .inferredFromOrder
    ),
    ("{\"lr\":1}\n{\"step\":5,\"loss\":2}\n{\"loss\":2}\n", [0, 5, 5], .logged),
    ("{\"iteration\":5,\"loss\":2}\n{\"iteration\":6,\"loss\":2}\n", [5, 6], .logged),
    ("{\"train.step\":5,\"loss\":2}\n{\"train.step\":6,\"loss\":2}\n", [5, 6], .logged),
    ("{\"train_num_updates\":5,\"loss\":2}\n{\"train_num_updates\":6,\"loss\":2}\n", [5, 6], .logged),
    ("{\"step\":\"5,000\",\"loss\":2}\n{\"step\":\"6,000\",\"loss\":2}\n", [5000, 6000], .logged),
  ])
  func `Steps come from what the log has`(text: String, steps: [Int], source: StepSource) {
    var reading = PointReading.of(Array(text.utf8))
    #expect((reading.points["loss"] ?? []).map(\.step) == steps.suffix(reading.points["loss"]?.count ?? 0))
    #expect(reading.status.stepSource == source)
    // Line by line it ends at the same.
    let files = FakeFileSystem()
    files.create(Reading.path, [])
    reading = PointReading(files)
    for line in text.split(separator: "\n") {
      files.append(Reading.path, Array((line + "\n").utf8))
      reading.readOn()
    }
    #expect(reading.status.stepSource == source)
  }

  @Test(arguments: [
    ("\"2.5\"", 2.5), ("\"1,234,567.5\"", 1_234_567.5), ("\"2,5\"", 2.5), ("\"1,234\"", 1234),
    ("\"12.50%\"", 12.5), ("\"1e-3\"", 0.001),
    ("\"Infinity\"", .infinity),
    ("\"-inf\"", -.infinity), ("\" 7 \"", 7),
  ])
  func `A number in a text is one`(value: String, number: Double) {
    #expect(batch(of: "{\"step\":1,\"a\":\(value)}").numbers == [number])
  }

  @Test(arguments: [
    "\"51s\"", "\"0:01:00\"", "\"N/A\"", "\"\"", "true", "[1,[2]]",
    "[\(String(repeating: "1,", count: 16))1]",
  ])
  func `A key that could not be used is told of, once`(value: String) {
    let line = "{\"step\":1,\"a\":\(value),\"b\":1}\n"
    let all = transcript(of: line + line)
    #expect(all.keys == ["b"])
    #expect(all.entries.filter { $0.contains("unused a") }.count == 1)
  }

  @Test func `Lists are series, and rows of a name and a value too`() {
    let lists = batch(of: "{\"step\":1,\"loss\":[2,3]}")
    #expect(lists.newKeys == ["loss/0", "loss/1"] && lists.numbers == [2, 3])
    let long = batch(of: "{\"data\":{\"step\":3,\"value\":2.5},\"name\":\"training_loss\"}")
    #expect(long.newKeys == ["training_loss"] && long.numbers == [2.5] && long.records[0].step == 3)
  }

  @Test(arguments: [
    ("\"2024-01-01T00:00:00\"", 1_704_067_200), ("\"2024-01-01 01:00:00.5+01:00\"", 1_704_067_200.5),
    ("1704067200000", 1_704_067_200), ("1704067200.25", 1_704_067_200.25),
  ])
  func `Times are seconds, milliseconds or text`(value: String, time: Double) {
    #expect(batch(of: "{\"step\":1,\"timestamp\":\(value),\"a\":1}").records[0].time == time)
  }

  @Test func `Durations called time are a metric`() {
    let all = transcript(of: "{\"step\":1,\"time\":0.3,\"a\":1}\n{\"step\":2,\"time\":0.25,\"a\":1}\n")
    #expect(all.entries == ["1 step 1 a=1.0 time=0.3", "2 step 2 a=1.0 time=0.25"])
  }
}
