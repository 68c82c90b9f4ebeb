import RunLog
import TestSupport
import Testing

/// Logits, log-probabilities of sampled tokens, and top entries in a record.
struct DistributionTests {
  private func logits(_ line: String) -> InlineLogits? {
    guard case .logits(let logits) = batch(of: line).distributions.first?.content else { return nil }
    return logits
  }

  @Test(
    arguments: [
      ("{\"logits\":[1,2,3]}", [1, 1, 3], false, []),
      ("{\"logits\":[1,2,3],\"sample\":\"a\"}", [1, 1, 3], false, ["a"]),
      ("{\"logits\":[[1,2,3],[4,5,6]]}", [2, 1, 3], false, []),
      ("{\"logits\":[[1,2,3],[4,5,6]],\"sample\":\"a\"}", [1, 2, 3], true, ["a"]),
      ("{\"logits\":[[1,2,3],[4,5,6]],\"sample\":7}", [1, 2, 3], true, ["7"]),
      ("{\"logits\":[[1,2,3],[4,5,6]],\"samples\":[\"a\",\"b\"]}", [2, 1, 3], false, ["a", "b"]),
      ("{\"logits\":[[1,2,3],[4,5,6]],\"samples\":[3,4]}", [2, 1, 3], false, ["3", "4"]),
      ("{\"logits\":[[[1,2,3],[4,5,6]]]}", [1, 2, 3], true, []),
      ("{\"logits\":[[[1,2,3]],[[4,5,6]]]}", [2, 1, 3], true, []),
      ("{\"logits\":[[[1,2,3]],[[4,5,6]]],\"sample\":\"a\"}", [2, 1, 3], true, ["a[0]", "a[1]"]),
      ("{\"policy_logits\":[[1,2,3],[4,5,6]],\"reference_logits\":[[1,2,3],[4,5,6]]}", [2, 1, 3], false, []),
    ] as [(String, [Int], Bool, [String])])
  func `Shapes`(line: String, shape: [Int], isSequence: Bool, names: [String]) throws {
    let read = try #require(logits(line))
    #expect([read.samples, read.positions, read.vocabulary] == shape)
    #expect(read.isSequence == isSequence)
    #expect(read.names == names)
    #expect(read.policy == [1, 2, 3, 4, 5, 6].prefix(shape.reduce(1, *)).map { $0 })
    #expect(batch(of: line).newKeys.isEmpty)
  }

  @Test func `Python's special numbers are logits`() throws {
    let read = try #require(
      logits("{\"logits\":[NaN,-Infinity,Infinity,1e400],\"ref_logits\":[1,2,3,-1e400]}"))
    #expect(read.policy[0].isNaN)
    #expect(read.policy[1...] == [-.infinity, .infinity, .infinity])
    #expect(read.reference == [1, 2, 3, -.infinity])
  }

  @Test func `Logits of one model alone`() throws {
    let policy = try #require(logits("{\"logits\":[1,2]}"))
    #expect(policy.reference == nil)
    let reference = try #require(logits("{\"ref_logits\":[[1,2],[3,4]]}"))
    #expect(reference.policy.isEmpty)
    #expect(reference.reference == [1, 2, 3, 4])
    #expect(reference.rows == 2)
  }

  @Test(
    arguments: [
      ("\"logits\":[1,2],\"target\":1", [1]),
      ("\"logits\":[1,2],\"target\":[1]", [1]),
      ("\"logits\":[1,2],\"target\":-100", [-1]),
      ("\"logits\":[1,2],\"target\":null", []),
      ("\"logits\":[[1,2],[3,4]],\"target\":[0,1]", [0, 1]),
      ("\"logits\":[[1,2],[3,4]],\"target\":[null,1]", [-1, 1]),
      ("\"logits\":[[1,2],[3,4]],\"sample\":\"a\",\"target\":[0,1]", [0, 1]),
      ("\"logits\":[[1,2],[3,4]],\"sample\":\"a\",\"target\":1", [1, 1]),
      ("\"logits\":[[[1,2],[3,4]],[[1,2],[3,4]]],\"target\":[[0,1],[1,0]]", [0, 1, 1, 0]),
      ("\"logits\":[[[1,2],[3,4]],[[1,2],[3,4]]],\"target\":[0,1]", [0, 0, 1, 1]),
    ] as [(String, [Int])])
  func `Targets are one a row or one a sample`(fields: String, targets: [Int]) throws {
    #expect(try #require(logits("{\(fields)}")).targets == targets)
  }

  @Test(
    arguments: [
      ("\"logits\":[1,2],\"mask\":0", [false]),
      ("\"logits\":[[1,2],[3,4]],\"mask\":[1,0]", [true, false]),
      ("\"logits\":[[1,2],[3,4]],\"mask\":[true,false]", [true, false]),
      ("\"logits\":[[1,2],[3,4]],\"sample\":\"s\",\"mask\":[1.0,0.0]", [true, false]),
      ("\"logits\":[[[1,2],[3,4]],[[1,2],[3,4]]],\"mask\":[[1,1],[0,1]]", [true, true, false, true]),
    ] as [(String, [Bool])])
  func `A mask says which rows count`(fields: String, mask: [Bool]) throws {
    #expect(try #require(logits("{\(fields)}")).mask == mask)
  }

  @Test func `Tokens, labels and sets`() throws {
    let sequence =
      "{\"set\":\"old\",\"sample\":\"s\",\"logits\":[[1,2],[3,4]],\"tokens\":[\"The\",\" c\\u00e4t\"],"
    let read = try #require(logits(sequence + "\"labels\":[\"x\",\"y\"]}"))
    #expect(read.tokens == ["The", " cät"])
    #expect(read.labels == ["x", "y"])
    #expect(batch(of: sequence + "\"classes\":[0,1]}").distributions.first?.set == "old")
    #expect(logits(sequence + "\"classes\":[0,1]}")?.labels == ["0", "1"])
    #expect(
      logits("{\"logits\":[[[1],[2]],[[3],[4]]],\"tokens\":[[\"a\",\"b\"],[\"c\",\"d\"]]}")?.tokens
        == ["a", "b", "c", "d"])
    #expect(logits("{\"logits\":[[[1],[2]],[[3],[4]]],\"tokens\":[11,12]}")?.tokens == ["11", "12"])
  }

  @Test(arguments: [
    ("\"logits\":[[1,2],[3]]", "logits is ragged"),
    ("\"logits\":[[1,2],3]", "logits is ragged"),
    ("\"logits\":[1,[2,3]]", "logits is ragged"),
    ("\"logits\":[[[1],[2]],[[3]]]", "logits is ragged"),
    ("\"logits\":[[[[1]]]]", "logits has more than three dimensions"),
    ("\"logits\":[1,\"a\"]", "logits holds other things than numbers"),
    ("\"logits\":[\"a\",1]", "logits holds other things than numbers"),
    ("\"logits\":[1,null]", "logits holds other things than numbers"),
    ("\"logits\":[1,true]", "logits holds other things than numbers"),
    ("\"logits\":[1,{\"a\":[2]}]", "logits holds other things than numbers"),
    ("\"logits\":[]", "logits is empty"),
    ("\"logits\":[[],[]]", "logits is empty"),
    ("\"logits\":[1,2],\"ref_logits\":[1,2,3]", "logits are [2], ref_logits [3]"),
    ("\"logits\":[[1,2]],\"ref_logits\":[1,2]", "logits are [1,2], ref_logits [2]"),
    ("\"logits\":[1,2],\"ref_logits\":[1,\"b\"]", "ref_logits holds other things than numbers"),
    ("\"logits\":[[1,2],[3,4]],\"target\":[1]", "target is [1], logits have [2] rows"),
    ("\"logits\":[[1,2],[3,4]],\"target\":1", "target is [], logits have [2] rows"),
    ("\"logits\":[1,2],\"target\":2", "target 2 is none of 2 classes"),
    ("\"logits\":[1,2],\"target\":0.5", "target 0.5 is none of 2 classes"),
    ("\"logits\":[[1,2],[3,4]],\"mask\":[1,1,1]", "mask is [3], logits have [2] rows"),
    ("\"logits\":[[1,2],[3,4]],\"samples\":[\"a\"]", "1 samples for 2 rows of logits"),
    ("\"logprobs\":[1,2]", "logprobs without ref_logprobs"),
    ("\"logprobs\":[1,2],\"ref_logprobs\":[1]", "logprobs are [2], ref_logprobs [1]"),
    ("\"logprobs\":[[1,2]],\"ref_logprobs\":[[1,2]]", "logprobs are [1,2], not one list"),
    ("\"logprobs\":[1,2],\"ref_logprobs\":[1,2],\"mask\":[1]", "mask is [1], logprobs [2]"),
    ("\"top\":{\"ids\":[1],\"logprobs\":[2]}", "top needs ids, logprobs and ref_logprobs"),
    (
      "\"top\":{\"ids\":[1],\"logprobs\":[2,3],\"ref_logprobs\":[2]}",
      "top has ids [1], logprobs [2], ref_logprobs [1]"
    ),
    ("\"top\":{\"ids\":[1.5],\"logprobs\":[2],\"ref_logprobs\":[2]}", "top/ids are no indices"),
  ])
  func `What cannot be used is told, and the rest of the line stays`(fields: String, reason: String) {
    let read = batch(of: "{\"step\":3,\(fields),\"loss\":1.5}")
    #expect(read.distributions.isEmpty)
    #expect(read.notices == [LogNotice(position: 0, line: 1, kind: .unusable(reason: reason))])
    #expect(read.records.first?.step == 3)
    #expect(read.newKeys == ["loss"])
    #expect(read.numbers == [1.5])
  }

  @Test(arguments: [
    ("\"tokens\":[\"a\"]", "1 tokens for 2"), ("\"labels\":[\"a\"]", "1 labels for 2"),
    ("\"classes\":[\"a\"]", "1 classes for 2"),
  ])
  func `Names of a wrong number are left out, the logits stay`(fields: String, reason: String) {
    let read = batch(of: "{\"sample\":\"s\",\"logits\":[[1,2],[3,4]],\(fields)}")
    #expect(read.distributions.count == 1)
    #expect(read.notices.map(\.kind) == [.unusable(reason: reason)])
  }

  @Test func `Log-probabilities of sampled tokens`() throws {
    let read = batch(
      of:
        "{\"sample\":\"s\",\"logprobs\":[-1,-2],\"ref_logprobs\":[-3,-Infinity],\"sampled_from\":\"policy\",\"mask\":[1,0]}"
    )
    guard case .sampledTokens(let tokens) = try #require(read.distributions.first).content else {
      Issue.record("not sampled tokens")
      return
    }
    #expect(tokens.sample == "s" && tokens.sampledFrom == "policy")
    #expect(
      tokens.policy == [-1, -2] && tokens.reference == [-3, -.infinity] && tokens.mask == [true, false])
    #expect(read.texts.isEmpty)
  }

  @Test(arguments: [
    ("{\"top\":{\"ids\":[5,7],\"logprobs\":[-1,-2],\"ref_logprobs\":[-3,-4]}}", 1, 2),
    ("{\"top\":{\"ids\":[[5],[7]],\"logprobs\":[[-1],[-2]],\"ref_logprobs\":[[-3],[-4]]}}", 2, 1),
  ])
  func `Top entries`(line: String, rows: Int, k: Int) throws {
    guard case .topEntries(let top) = try #require(batch(of: line).distributions.first).content else {
      Issue.record("not top entries")
      return
    }
    #expect(top.rows == rows && top.k == k)
    #expect(top.ids == [5, 7] && top.policy == [-1, -2] && top.reference == [-3, -4])
  }

  @Test func `A logits file is named relative to the log`() throws {
    let read = batch(
      of: #"{"step":120,"set":3,"samples":["a","b"],"tokens":["x"],"logits_file":"logits/a.safetensors"}"#)
    guard case .file(let file) = try #require(read.distributions.first).content else {
      Issue.record("not a file")
      return
    }
    #expect(file == LogitsFileName(path: "logits/a.safetensors", names: ["a", "b"], tokens: ["x"]))
    #expect(read.distributions.first?.set == "3")
    #expect(read.records.first?.step == 120)
  }

  @Test func `Distributions name the record that they came with`() {
    let files = FakeFileSystem()
    files.create(
      Reading.path,
      "{\"event\":\"run\"}\n{\"step\":1}\n{\"step\":2,\"logits\":[1]}\nx\n{\"logits\":[[2]],\"kl\":3,\"step\":3}\n"
    )
    var follower = RunFollower(path: Reading.path, fileSystem: files)
    let read = follower.nextBatch()
    #expect(read.distributions.map(\.record) == [1, 2])
    #expect(read.distributions.map { read.records[$0.record].step } == [2, 3])
    #expect(read.notices.map(\.position) == [0, 2])
  }
}
