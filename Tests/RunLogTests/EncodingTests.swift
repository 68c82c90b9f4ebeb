import RunLog
import TestSupport
import Testing

/// Files that are compressed, of another encoding, or no log at all.
struct EncodingTests {
  private let lines = "{\"step\":10,\"loss\":2.5}\n{\"step\":20,\"loss\":2.25}\n"
  private let entries = ["1 step 10 loss=2.5", "2 step 20 loss=2.25"]

  /// `gzip -n` and `zstd` of the lines.
  private let gzip = Fixture.hex(
    "1f8b0800000000000003ab562a2e492d50b23234d051cac92f2e56b232d233ade5aa860a1b21091b01c501e99475f12f000000")
  private let zstd = Fixture.hex(
    "28b52ffd0458250100e07b2273746570223a31302c226c6f7373223a322e357d0a3232357d0a0200c0884acc26fd7b3dc9")

  private func utf16(isBig: Bool, mark: Bool) -> [UInt8] {
    ((mark ? "\u{FEFF}" : "") + lines).utf16.flatMap { unit in
      isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  @Test func `Compressed lines and lines of UTF-16 are lines`() {
    #expect(transcript(of: gzip).entries == entries)
    #expect(transcript(of: zstd).entries == entries)
    for isBig in [false, true] {
      for mark in [false, true] {
        #expect(transcript(of: utf16(isBig: isBig, mark: mark)).entries == entries)
      }
    }
  }

  @Test func `Compressed text may be UTF-16`() {
    let bytes = Fixture.hex(
      "1f8b0800000000000203fbffaf9a4189a198a1842195a100c8b26230643060d001b27218f281e2c5603123063d0653865a062e0674d54638541b41d5030055942d7c60000000"
    )
    #expect(transcript(of: bytes).entries == entries)
  }

  @Test func `They are read while they grow, at every byte, and several parts follow each other`() {
    for bytes in [gzip + gzip, zstd + zstd, utf16(isBig: false, mark: true)] {
      var reading = Reading()
      for byte in bytes {
        reading.files.append(Reading.path, [byte])
        reading.readOn()
      }
      #expect(reading.entries.prefix(2) == entries[...])
      #expect(reading.entries.count == (bytes.count > 300 ? 2 : bytes.first == 0xFF ? 2 : 4))
    }
  }

  @Test func `Damaged gzip is named`() {
    var bytes = gzip
    bytes[12] ^= 0xFF
    bytes[13] ^= 0xFF
    let all = transcript(of: bytes)
    #expect(all.entries.isEmpty || all.entries == entries)
    if all.entries.isEmpty { #expect(all.status.obstacle?.hasPrefix("damaged gzip") == true) }
  }

  @Test(
    arguments: [
      ([0x1F, 0x8B], "a compressed file that is cut off at its start"),
      ([UInt8](repeating: 0, count: 64), "nothing but zero bytes"),
      ([10, 10], "nothing but blank lines or zero bytes"),
      (Array("{\"step\":1,\"lo".utf8), "one line of JSON that is cut off"),
      (Array(1...31) + Array("\nabc\u{1}\u{2}\u{3}\n".utf8), "binary data"),
    ] as [([UInt8], String)])
  func `What gives no line says what it looks like`(bytes: [UInt8], phrase: String) {
    #expect(transcript(of: bytes).status.obstacle == phrase)
  }

  @Test(
    arguments: [
      (Array("version https://git-lfs.github.com/spec/v1\noid sha256:1\n".utf8), "git-lfs"),
      ([0x80, 4, 0x95, 0, 0], "pickle"),
      ([0x89, 0x50, 0x4E, 0x47, 13, 10], "PNG"), (Array("PK\u{3}\u{4}....".utf8), "zip"),
      (Array("SQLite format 3\0....".utf8), "SQLite"), (Array("<!DOCTYPE html>\n<html>\n".utf8), "HTML"),
      ([UInt8](repeating: 65, count: 257) + Array("ustar\0".utf8), "tar"),
      (Array("(dp0\nS'a'\n".utf8), "pickle"),
    ] as [([UInt8], String)])
  func `What is no log is named`(bytes: [UInt8], name: String) {
    let all = transcript(of: bytes)
    #expect(all.entries.isEmpty)
    guard case .failed(let reason) = all.status.source else {
      Issue.record("\(all.status.source)")
      return
    }
    #expect(reason.contains(name))
  }
}

extension Fixture {
  /// Bytes written as pairs of hexadecimal digits.
  static func hex(_ text: String) -> [UInt8] {
    let digits = Array(text)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }
}
