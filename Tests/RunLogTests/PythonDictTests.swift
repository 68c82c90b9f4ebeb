import RunLog
import TestSupport
import Testing

/// Standard output of the Hugging Face Trainer and TRL.
struct PythonDictTests {
  @Test(arguments: [("hf_trainer_kl_notqdm.stdout.txt", 189), ("v4_hf_trainer.stdout.txt", 109)])
  func `Printed rows get the steps that the state of the Trainer has`(name: String, count: Int) throws {
    let reading = PointReading.of(try Fixture.bytes(name))
    let expected = try Fixture.points(name + ".tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == count)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .pythonDicts)
    #expect(reading.status.stepSource == .inferredFromEpoch)
  }

  @Test func `Rows that come one by one end at the same steps`() throws {
    let bytes = try Fixture.bytes("v4_hf_trainer.stdout.txt")
    let files = FakeFileSystem()
    files.create(Reading.path, [])
    var reading = PointReading(files)
    for part in stride(from: 0, to: bytes.count, by: 37) {
      files.append(Reading.path, bytes[part..<min(bytes.count, part + 37)])
      reading.readOn()
    }
    #expect(reading.points == (try Fixture.points("v4_hf_trainer.stdout.txt.tsv")))
  }

  @Test(arguments: [
    ("{'loss': 1.5, 'epoch': 0.5}", ["loss=1.5", "epoch=0.5"]),
    (
      "\r  2%|▏         | 1/45 [00:00<00:05,  8.0it/s]\r\u{1B}[A{'loss': 'nan', 'epoch': '0.5'}\u{1B}[0m\r",
      ["loss=nan", "epoch=0.5"]
    ),
    ("{'loss': inf, 'x': -inf, 'epoch': 0}", ["loss=inf", "x=-inf", "epoch=0.0"]),
    (
      "{'loss': np.float64(0.25), 'note': 'a, b}', 'list': [1, {'a': 2}], 'none': None, 'epoch': 1}",
      ["loss=0.25", "epoch=1.0"]
    ),
    ("{'bos_token_id': 1, 'eos_token_id': 2}", []), ("{'loss': 1.5, 'epoch'", []), ("{'loss", []), ("{'", []),
    ("{'loss': 'x'}", []),
  ])
  func `A row is found in what is printed`(line: String, numbers: [String]) {
    let all = transcript(of: "{'loss': 9, 'epoch': 0}\n" + line + "\n")
    let found = all.entries.filter { $0.hasPrefix("2 ") }.map {
      $0.split(separator: " ").dropFirst(3).map(String.init)
    }
    #expect(found == (numbers.isEmpty ? [] : [numbers]))
  }

  @Test func `A progress bar of the training bounds the steps from below`() {
    let lines = (1...5).flatMap { row -> [String] in
      let step = row * 20
      return [
        "\r 50%|█████     | 4/8 [00:00<00:00]\r",
        "\r \(step)%|██        | \(step)/100 [00:05<00:40,  2.1it/s]\r\r {'loss': 1.\(row), 'epoch': 0.\(row * 2)}"
          .replacing("0.10", with: "1.0"),
      ]
    }
    let bar = "  1%|          | 1/100 [00:00<00:10]"
    let reading = PointReading.of(Array(([bar] + lines).joined(separator: "\n").utf8) + [10])
    #expect(reading.points["loss"]?.map(\.step) == [20, 40, 60, 80, 100])
  }

  /// What the Trainer prints with gradients accumulated over `accumulated` of the batches of an epoch: it names the share
  /// of the batches, and an epoch ends with an update.
  private func accumulatedOutput(batches: Int, accumulated: Int, every: Int, epochs: Int, barIsLate: Int = 0)
    -> String
  {
    let updates = (batches + accumulated - 1) / accumulated
    var lines: [String] = []
    for step in stride(from: every, through: updates * epochs, by: every) {
      let (epoch, done) = ((step - 1) / updates, (step - 1) % updates + 1)
      let share = Double(epoch) + Double(min(done * accumulated, batches)) / Double(batches)
      let digits = (share * 10_000).rounded() / 10_000
      lines.append(
        "\r 9%|█   | \(max(1, step - barIsLate))/\(updates * epochs) [00:05<00:40,  2.1it/s]\r{'loss': '1.5', 'epoch': '\(digits)'}"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test(arguments: [(75, 2), (75, 4), (90, 2), (101, 8), (33, 3)])
  func `Steps are right where gradients are accumulated`(batches: Int, accumulated: Int) {
    let text = accumulatedOutput(batches: batches, accumulated: accumulated, every: 5, epochs: 3)
    let reading = PointReading.of(Array(text.utf8))
    let updates = (batches + accumulated - 1) / accumulated * 3
    #expect(reading.points["loss"]?.map(\.step) == Array(stride(from: 5, through: updates, by: 5)))
    #expect(reading.status.stepSource == .inferredFromEpoch)
  }

  @Test func `Steps behind the last one that is planned are not claimed`() {
    // A bar that is drawn now and then is no witness of single steps, but of how many there are.
    let text = accumulatedOutput(batches: 75, accumulated: 2, every: 4, epochs: 1, barIsLate: 3)
    let steps = PointReading.of(Array(text.utf8)).points["loss"]?.map(\.step) ?? []
    #expect(steps.allSatisfy { $0 <= 38 } && steps == steps.sorted())
  }

  @Test func `Fractions of epochs without a progress bar are told to be no count of updates`() {
    let entries = transcript(of: "{'loss': 1, 'epoch': 0.25}\n{'loss': 2, 'epoch': 0.5}\n").entries
    #expect(entries.contains { $0.contains("accumulates gradients") })
  }

  @Test func `Rows that fit no number of steps are counted`() {
    let text = "{'loss': 1, 'epoch': 0.3333333333333333}\n{'loss': 2, 'epoch': 0.314159265358979}\n"
    let reading = PointReading.of(Array(text.utf8))
    #expect(reading.status.stepSource == .inferredFromOrder)
    #expect(reading.points["loss"]?.map(\.step) == [0, 1])
  }

  @Test func `Rows without an epoch are counted, until one names it`() {
    let files = FakeFileSystem()
    files.create(Reading.path, "{'loss': 3}\n{'loss': 2}\n")
    var reading = PointReading(files)
    reading.readOn()
    #expect(reading.status.stepSource == .inferredFromOrder)
    #expect(reading.points["loss"]?.map(\.step) == [0, 1])
    files.append(Reading.path, "{'loss': 1, 'epoch': 0.5}\n{'loss': 7}\n")
    reading.readOn()
    #expect(reading.status.stepSource == .inferredFromEpoch)
    #expect(reading.points["loss"]?.map(\.step) == [0, 0, 1, 1])
  }

  @Test func `What is printed between rows is not rejected`() throws {
    let text = "Loading weights\nsome words\n{'loss': 1, 'epoch': 1}\nmore words\n"
    #expect(
      transcript(of: text).entries == [
        "1 rejected: not JSON", "2 rejected: not JSON", "3 printed output", "3 step 1* loss=1.0 epoch=1.0",
      ])
  }

  @Test func `Damaged output never does harm`() throws {
    let bytes = try Fixture.bytes("hf_trainer_kl_notqdm.stdout.txt")
    var generator = SplitMix64(seed: 3)
    for round in 0..<60 {
      let reading = PointReading.of(mutated(bytes, with: &generator))
      #expect(reading.status.source == .upToDate, "round \(round)")
    }
  }
}
