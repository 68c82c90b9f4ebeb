import Divergence
import Foundation
import LogitsFiles
import Reports
import RunModel
import RunTestSupport
import TestSupport
import Testing

/// Parts of a comparison, put together again.
struct PartialReportTests {
  /// Logits of samples as a safetensors file.
  private static func file(_ policy: [[Float]], _ reference: [[Float]]) -> Data {
    let width = policy[0].count
    let bytes = policy.count * width * 4
    let shape = "[\(policy.count),\(width)]"
    let header =
      "{\"logits\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,\(bytes)]},"
      + "\"ref_logits\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(bytes),\(2 * bytes)]}}"
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(Data(header.utf8))
    for row in policy + reference {
      for value in row { data.append(withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) }) }
    }
    return data
  }

  private static func logits(_ count: Int, _ random: inout SplitMix64) -> [[Float]] {
    (0..<count).map { _ in (0..<7).map { _ in Float.random(in: -4...4, using: &random) } }
  }

  /// The partial result of some samples.
  private static func part(_ policy: [[Float]], _ reference: [[Float]], in folder: URL) throws
    -> PartialReport
  {
    let url = folder.appending(path: "step-000010.safetensors")
    try file(policy, reference).write(to: url)
    var part: PartialReport? = PartialReport()
    _ = try LogitsReport(policy: url.path, reference: nil, keepingRowsIn: &part) { _ in }
    // As it comes back from a file.
    return try PartialReport(json: Array(#require(part).json().utf8))
  }

  @Test func `Any split gives the same report, bit for bit, and that of one comparison`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SplitMix64(seed: 7)
    var policy = Self.logits(40, &random)
    let reference = Self.logits(40, &random)
    policy[3][2] = .nan
    policy[9][1] = -.infinity
    let whole = try LogitsReport(merging: [Self.part(policy, reference, in: folder)]).json()
    for _ in 0..<12 {
      var parts: [PartialReport] = []
      var start = 0
      while start < 40 {
        let end = min(40, start + Int.random(in: 1...15, using: &random))
        parts.append(try Self.part(Array(policy[start..<end]), Array(reference[start..<end]), in: folder))
        start = end
      }
      #expect(try LogitsReport(merging: parts).json() == whole)
    }
    let url = folder.appending(path: "step-000010.safetensors")
    try Self.file(policy, reference).write(to: url)
    var direct = try LogitsReport(policy: url.path, reference: nil)
    direct.policy = "merged"
    #expect(try direct.json() == whole)
  }

  @Test(arguments: [
    "", "{}", "{\"format\":\"kltop-partial/9\",\"vocabulary\":1,\"steps\":[],\"ignored\":[]}",
  ])
  func `What is no partial result is refused`(text: String) {
    #expect(throws: PartialReport.Problem.self) { _ = try PartialReport(json: Array(text.utf8)) }
  }
}
