import Foundation
import Testing

/// Terminals and locales that the machine does not know, and streams that are not there.
struct StrangeMachineTests {
  @Test
  func `A terminal and a locale that are not installed draw braille, and the help says what was assumed`()
    throws
  {
    let screen = try TmuxScreen(
      "\(Kltop.path) \(Kltop.sample("digits-sft"))", columns: 120, rows: 36,
      environment: ["TERM": "xterm-ghostty", "LC_ALL": "", "LANG": "xx_XX.UTF-8"])
    let shown = try screen.wait(for: "step 200")
    #expect(shown.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    try screen.press("?")
    try screen.wait {
      $0.contains("TERM=xterm-ghostty is not known here") && $0.contains("LANG=xx_XX.UTF-8 is not installed")
    }
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test(arguments: ["", "dumb", "unknown"])
  func `A terminal without a screen is refused in one line`(kind: String) throws {
    let screen = try TmuxScreen(
      "\(Kltop.path) \(Kltop.sample("digits-sft"))", columns: 120, rows: 36, environment: ["TERM": kind])
    let shown = try screen.wait(for: "exit status 65")
    #expect(shown.contains(kind.isEmpty ? "kltop: TERM is not set" : "kltop: the terminal '\(kind)'"))
    #expect(shown.split(separator: "\n").count == 2)
  }

  @Test(arguments: ["--once", "summary", "audit"])
  func `Standard input that is closed is one line`(command: String) throws {
    let result = try Shell.run("sh", ["-c", "\(Kltop.path) \(command) - <&-"])
    #expect(result.status == 66 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("kltop: standard input cannot be read"))
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `Standard input that is closed ends the dashboard too`() throws {
    let screen = try TmuxScreen("\(Kltop.path) - <&-", columns: 100, rows: 30)
    #expect(try screen.wait(for: "exit status 66").contains("kltop: standard input cannot be read"))
  }

  @Test func `Standard output that is closed is one line`() throws {
    let result = try Shell.run("sh", ["-c", "\(Kltop.path) summary \(Kltop.sample("digits-kl")) >&-"])
    #expect(result.status == 74)
    #expect(result.errors == "kltop: cannot write the output: Bad file descriptor\n")
  }

  @Test func `A picture that cannot be written to its end is removed`() throws {
    let folder = try TemporaryFolder()
    let screen = try TmuxScreen(
      "cd \(folder.url.path); trap '' XFSZ; ulimit -f 1; \(Kltop.path) \(Kltop.sample("digits-sft"))",
      columns: 100,
      rows: 30)
    try screen.wait(for: "step 200")
    try screen.press("Y")
    try screen.wait(for: "cannot write a picture here: File too large")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test(arguments: [
    ["--b\u{1B}[2Jad", "x"], ["summary", "--format", "\u{202E}lmth", "x"],
    ["kl", "a\u{9B}31m", "b", "c\u{7}", "d"],
    ["--size", "80\u{0}x", "x"],
  ])
  func `Usage errors show what cannot be printed instead of sending it to the terminal`(arguments: [String])
    throws
  {
    let result = try Shell.run(Kltop.path, arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains("Error: "))
    let raw = result.errors.unicodeScalars.filter { scalar in
      scalar != "\n"
        && (scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format)
    }
    #expect(raw.isEmpty)
  }
}
