import Foundation
import LogitsFiles
import TestSupport
import Testing

/// Rows files: what is read of them, and what is refused.
struct RowsFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Written by the Python package from float64 logits.
  private static let run = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures/RowsRun"
  ).path

  private static func row(_ seed: UInt64, target: Int = 1, position: Int = 0) -> WrittenRow {
    var random = SplitMix64(seed: seed)
    return WrittenRow(
      policy: random.normals(5), reference: random.normals(5), target: target, position: position)
  }

  private static let samples = [
    RowsFileBytes.Sample("old", "a", [row(1), row(2, position: 1)]), RowsFileBytes.Sample("new", "b", []),
    RowsFileBytes.Sample("new", "c", [row(3, target: -1)]),
  ]

  private func problem(_ bytes: [UInt8]) throws -> String? {
    let path = try folder.write(bytes, to: "step-1.safetensors")
    do throws(LogitsFileProblem) {
      _ = try RowsFile(path: path)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func `Every number of a row is read as it was written`() throws {
    let path = try folder.write(
      RowsFileBytes.file(step: 40, Self.samples, metadata: ["rank": "1", "world_size": "2", "launch": "x"]),
      to: "a.safetensors")
    let file = try RowsFile(path: path)
    #expect(file.header.step == 40 && file.header.k == 2 && file.header.vocabulary == 5)
    #expect(file.header.samples.map(\.sample) == ["a", "b", "c"] && file.header.samples[0].set == "old")
    #expect(file.header.shard.rank == 1 && file.header.shard.worldSize == 2)
    #expect((0..<3).map { file.rows(ofSample: $0) } == [0..<2, 2..<2, 2..<3])
    for (index, row) in Self.samples.flatMap(\.rows).enumerated() {
      let exact = WrittenRow.divergence(row.policy, row.reference)
      #expect(abs(file.policyReference(index) - exact) < 1e-6)
      #expect(file.target(index) == row.target && file.position(index) == row.position)
      #expect(file.policyTop(index) == row.policy.indices.max { row.policy[$0] < row.policy[$1] })
      #expect(file.flags(index).contains(.noTarget) == (row.target < 0))
      for entry in file.entries(index) {
        #expect(abs(entry.policy - row.policy[entry.id]) < 1e-6)
        #expect(abs(entry.reference - row.reference[entry.id]) < 1e-6)
      }
      #expect((2...4).contains(file.entries(index).count))
    }
  }

  @Test func `Entries of two bytes are read as halves`() throws {
    let path = try folder.write(
      RowsFileBytes.file(step: 1, Self.samples) { tensors in
        for index in tensors.indices where tensors[index].name.hasPrefix("entry_logprob") {
          tensors[index].type = .float16
        }
      }, to: "a.safetensors")
    let row = Self.samples[0].rows[0]
    for entry in try RowsFile(path: path).entries(0) {
      #expect(abs(entry.policy - row.policy[entry.id]) < 4e-3)
    }
  }

  @Test func `What the Python package writes is read whole`() throws {
    let file = try RowsFile(path: Self.run + "/rows/step-00000020.safetensors")
    #expect(
      file.header.rows == 9 && file.header.vocabulary == 11 && file.header.probes == "probes.safetensors")
    #expect(file.flags(1).contains(.masksDiffer) && file.policyReference(1) == .infinity)
    #expect(file.flags(2).contains(.maskedInBoth) && file.policyReference(2).isFinite)
    #expect(file.flags(3).contains(.notANumber) && file.policyReference(3).isNaN)
    #expect(file.flags(4).contains(.noTarget) && file.target(4) == -1 && file.policyTarget(4).isNaN)
    let vocabulary = try TokenVocabulary(path: Self.run + "/rows/" + TokenVocabulary.name)
    #expect(vocabulary.count == 11 && vocabulary.text(of: 1) == " cat")
    // Half a character by itself, and the whole of it.
    #expect(vocabulary.text(of: 7) == " \\xE2\\x82" && vocabulary.text(of: [7, 8]) == " €")
    #expect(vocabulary.text(of: 11) == nil && vocabulary.text(of: -1) == nil)
    let probes = try RowsProbes(path: Self.run + "/rows/probes.safetensors")
    let probe = try #require(probes[file.header.samples[1]])
    #expect(vocabulary.text(of: probe.tokens[..<probe.start]) == "theé")
  }

  @Test func `A divergence beyond float32 counts as infinite`() throws {
    let greatest = Double(Float.greatestFiniteMagnitude)
    let path = try folder.write(
      RowsFileBytes.file(step: 1, Self.samples) { tensors in
        Self.set(&tensors, "kl_policy_reference", [greatest, greatest, 1])
        Self.set(&tensors, "flags", [16, 0, 4])
      }, to: "a.safetensors")
    let file = try RowsFile(path: path)
    #expect(file.policyReference(0) == .infinity && file.policyReference(1) == greatest)
  }

  private static func set(_ tensors: inout [WrittenTensor], _ name: String, _ values: [Double]) {
    for index in tensors.indices where tensors[index].name == name { tensors[index].values = values }
  }

  @Test(arguments: [
    ("target", [5.0, 0, -1], "target[0] is 5, not within -1…4"), ("top_policy", [0, -2, 0], "top_policy[1]"),
    ("position", [0, -1, 0], "position[1]"), ("kl_reference_policy", [0, -0.5, 0], "below 0"),
    ("sample_offsets", [0, 2, 1, 3], "never fall"), ("sample_offsets", [1, 2, 2, 3], "begin at 0"),
    ("sample_offsets", [0, 2, 2, 2], "ends at 2, and there are 3"),
    ("entry_offsets", [0, 90, 90, 90], "never fall, and end at"), ("target_rank_policy", [6, 0, 0], "0…5"),
  ])
  func `Numbers that do not fit are refused with their place`(
    name: String, values: [Double], reason: String
  ) throws {
    let bytes = RowsFileBytes.file(step: 1, Self.samples) { Self.set(&$0, name, values) }
    #expect(try problem(bytes)?.contains(reason) == true, "\(name)")
  }

  @Test func `A row that lists an entry twice is refused`() throws {
    let bytes = RowsFileBytes.file(step: 1, Self.samples) { tensors in
      for index in tensors.indices where tensors[index].name == "entry_ids" {
        tensors[index].values[1] = tensors[index].values[0]
      }
    }
    #expect(try problem(bytes)?.contains("row 0 lists entry") == true)
  }

  @Test func `A header that does not fit is refused in one line`() throws {
    func reason(_ metadata: [String: String], _ change: (inout [WrittenTensor]) -> Void = { _ in }) throws
      -> String?
    {
      try problem(RowsFileBytes.file(step: 1, Self.samples, metadata: metadata, change: change))
    }
    #expect(try reason([:]) == nil)
    #expect(try reason(["format": "kltop-rows/2"])?.contains("newer kltop") == true)
    #expect(try reason(["format": "pt"])?.contains("is no rows file") == true)
    #expect(try reason(["step": "one"])?.contains("a step that is no integer") == true)
    #expect(try reason(["k": "6"])?.contains("k 6, which is not within 0…5") == true)
    #expect(try reason(["vocabulary": "99999999999"])?.contains("vocabulary") == true)
    #expect(try reason(["rank": "2", "world_size": "2"])?.contains("rank 2") == true)
    #expect(try reason(["samples": "[]"])?.contains("need 1") == true)
    #expect(try reason(["samples": "[[1]]"]) != nil)
    #expect(
      try reason([:]) { $0.removeAll { $0.name == "flags" } }?.contains("lacks the tensor flags") == true)
    let types = try reason([:]) { tensors in
      for index in tensors.indices where tensors[index].name == "entry_logprob_policy" {
        tensors[index].type = .bfloat16
      }
    }
    #expect(types?.contains("entry_logprob_policy is bfloat16, not float32 or float16") == true)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `A file with changed bytes is refused or can be read to its end`(seed: UInt64) throws {
    let bytes = RowsFileBytes.file(step: 7, Self.samples)
    var random = SplitMix64(seed: seed)
    var refused = 0
    for _ in 0..<400 {
      var mutant = bytes
      for _ in 0...Int(random.next() % 3) {
        let place = Int(random.next() % UInt64(mutant.count))
        mutant[place] = random.next() % 2 == 0 ? 0xFF : mutant[place] ^ 1 << UInt8(random.next() % 8)
      }
      let path = try folder.write(mutant, to: "m.safetensors")
      do throws(LogitsFileProblem) {
        let file = try RowsFile(path: path)
        for sample in file.header.samples.indices {
          for row in file.rows(ofSample: sample) {
            #expect(file.entries(row).allSatisfy { (0..<file.header.vocabulary).contains($0.id) })
            #expect(file.target(row) < file.header.vocabulary && file.policyTop(row) >= -1)
          }
        }
      } catch {
        refused += 1
        #expect(!error.reason.isEmpty)
      }
    }
    #expect(refused > 100)
  }

  @Test func `A file that is cut off while it is mapped reads as zeros`() throws {
    let row = Self.row(5)
    let many = RowsFileBytes.Sample("old", "a", Array(repeating: row, count: 2000))
    let path = try folder.write(RowsFileBytes.file(step: 1, [many]), to: "a.safetensors")
    let file = try RowsFile(path: path)
    try folder.resize("a.safetensors", to: 4096)
    for index in 0..<2000 { _ = file.entries(index) }
    #expect(file.policyReference(1999) == 0)
  }
}
