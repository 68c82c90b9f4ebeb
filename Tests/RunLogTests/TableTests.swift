import RunLog
import TestSupport
import Testing

/// Tables of any habit.
struct TableTests {
  @Test(arguments: [
    "step,loss\n10,2.5\n20,2.25\n", "\u{FEFF}step,loss\r\n10,2.5\r\n20,2.25\r\n",
    "step\tloss\n10\t2.5\n20\t2.25\n",
    "step;loss\n10;2,5\n20;2,25\n", "step, loss\n10, 2.5\n20, 2.25\n", ",step,loss\n0,10,2.5\n1,20,2.25\n",
    "iteration,loss\n10,2.5\n20,2.25\n", "| Step | loss |\n|---|:-:|\n| 10 | 2.5 |\n| 20 | 2.25 |\n",
    "step,metric,value\n10,loss,2.5\n20,loss,2.25\n", "step,loss\n10,2.5\nstep,loss,acc\n20,2.25,0.5\n",
    "\"Step\",\"loss\",\"loss__MIN\"\n\"10\",\"2.5\",\"1\"\n\"20\",\"2.25\",\"1\"\n",
    "Epoch results\nstep   loss\n10     2.5\n20     2.25\n",
    "time/total_timesteps,loss\n10,2.5\n20,2.25\n",
    "time/iterations,total_timesteps,loss\n1,10,2.5\n2,20,2.25\n",
    "Step   loss   Validation Loss\n10     2.5    2.6\n20     2.25   2.3\n",
    "step,loss,\n10,2.5,\n20,2.25,\n",
    "step,loss,acc\n10,2.5,0.5\n20,2.25\n", "Train Step,loss\n10,2.5\n20,2.25\n",
  ])
  func `The same steps and losses stand in every form`(text: String) {
    let reading = PointReading.of(Array(text.utf8))
    #expect(reading.points["loss"]?.map(\.step) == [10, 20])
    #expect(reading.points["loss"]?.map { Double(bitPattern: $0.value) } == [2.5, 2.25])
    #expect(reading.status.stepSource == .logged)
    #expect(!reading.points.keys.contains { $0.contains("MIN") })
  }

  @Test func `Epochs stand for steps, and numbers without a header are told of`() {
    let epochs = PointReading.of(Array("epoch,loss,val_loss\n0,2.5,2.5\n1,2.25,2\n".utf8))
    #expect(epochs.points["loss"]?.map(\.step) == [0, 1])
    #expect(epochs.status.stepSource == .inferredFromEpoch)
    let bare = transcript(of: "10,2.5\n20,2.25\n30,2.0\n")
    #expect(
      bare.entries.first == "1 remark: the table has no header: kltop reads its columns as step and value")
    #expect(
      bare.entries.dropFirst() == ["1 step 10 value=2.5", "2 step 20 value=2.25", "3 step 30 value=2.0"])
  }

  @Test
  func `Columns without a header are a step, perhaps a name, and a value; one column has rows for steps`() {
    let long = PointReading.of(Array("0 val 3\n0 train 4\n10 train 2.5\n".utf8))
    #expect(long.points["train"]?.map(\.step) == [0, 10] && long.points["val"]?.map(\.step) == [0])
    let single = PointReading.of(Array("loss\n3\n2.5\n2\n".utf8))
    #expect(single.points["loss"]?.map(\.step) == [0, 1, 2])
    #expect(single.status.stepSource == .inferredFromOrder)
  }

  @Test(arguments: [
    "name, address\nSmith, London\n", "a,b\nc,d\n", "one two three\nfour five six\n", "1 2\n3 4\n",
  ])
  func `Other tables are no logs`(text: String) {
    #expect(transcript(of: text).status.dialect == nil)
  }
}

/// Documents of JSON.
struct JSONDocumentTests {
  @Test(arguments: [
    "[{\"step\":10,\"loss\":2.5},{\"step\":20,\"loss\":2.25}]",
    "[\n {\n  \"step\": 10,\n  \"loss\": 2.5\n },\n {\n  \"step\": 20,\n  \"loss\": 2.25\n }\n]\n",
    "{\n \"step\": 10,\n \"loss\": 2.5\n}\n{\n \"step\": 20,\n \"loss\": 2.25\n}\n",
    "{\"step\": [10, 20], \"loss\": [2.5, 2.25]}",
    "{\"config\": {\"lr\": 1}, \"metrics\": [{\"step\": 10, \"loss\": 2.5}, {\"step\": 20, \"loss\": 2.25}]}",
    "{\"10\": {\"loss\": 2.5}, \"20\": {\"loss\": 2.25}}",
  ])
  func `Arrays, spread objects and lists by key are logs`(text: String) {
    let reading = PointReading.of(Array(text.utf8))
    #expect(reading.points["loss"]?.map(\.step) == [10, 20])
    #expect(reading.points["loss"]?.map { Double(bitPattern: $0.value) } == [2.5, 2.25])
    #expect(reading.status.dialect == .jsonDocument)
  }

  @Test func `Points of an export of TensorBoard have a time, a step and a value`() {
    let reading = PointReading.of(Array("[[1700000000.5, 10, 2.5], [1700000001.5, 20, 2.25]]".utf8))
    #expect(
      reading.points["value"] == [
        LoggedPoint(step: 10, value: 2.5, time: 1_700_000_000.5),
        LoggedPoint(step: 20, value: 2.25, time: 1_700_000_001.5),
      ])
  }

  @Test(arguments: [
    ("{\n  \"name\": \"x\",\n  \"version\": 3\n}\n", "JSON without steps and metrics"),
    ("[\n{\"a\": 1},\n{\"a\": 2", "JSON that is cut off behind 1 whole object"),
    (
      "{\n  \"best_metric\": null,\n  \"log_history\": [\n {\"step\": 1, \"loss\": 2},\n {\"st",
      "a trainer_state.json that is cut off behind 1 whole row of its history"
    ),
  ])
  func `Other documents say what they are`(text: String, obstacle: String) {
    #expect(transcript(of: text).status.obstacle == obstacle)
  }
}
