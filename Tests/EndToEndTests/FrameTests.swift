import Foundation
import Testing

/// One frame in every form, and how settings and options change it.
struct FrameTests {
  private static let sample = Kltop.sample("digits-kl")

  @Test func `A frame is a picture where one is asked for`() throws {
    let dark = try Kltop.run("--once", "--format", "svg", "--size", "80x24", "--theme", "dark", Self.sample)
    #expect(dark.status == 0)
    #expect(dark.output.hasPrefix("<svg ") && dark.output.hasSuffix("</svg>\n"))
    #expect(dark.output.contains("fill=\"#16181d\"") && dark.output.contains("digits-kl"))
    let light = try Kltop.run("--once", "--format", "svg", "--size", "80x24", "--theme", "light", Self.sample)
    #expect(light.output.contains("fill=\"#ffffff\"") && !light.output.contains("#16181d"))
  }

  @Test func `A frame is text with colours where that is asked for`() throws {
    let ansi = try Kltop.run("--once", "--format", "ansi", Self.sample).output
    #expect(ansi.contains("\u{1B}[0;38;5;214m"))
    #expect(!(try Kltop.run("--once", "--format", "text", Self.sample).output.contains("\u{1B}")))
  }

  @Test func `A frame at a given time is always the same`() throws {
    func frame(_ format: String) throws -> String {
      try Shell.run(
        "env",
        ["SOURCE_DATE_EPOCH=1900000000", Kltop.path, "--once", "--format", format, Self.sample]
      ).output
    }
    for format in ["text", "svg"] { #expect(try frame(format) == frame(format)) }
    #expect(try frame("text").contains("ENDED"))
  }

  @Test(arguments: [
    ["--theme", "pink"], ["--smoothing", "2"], ["--format", "svg"], ["--view", "nowhere"],
  ])
  func `Options that make no sense are wrong usage`(options: [String]) throws {
    let result = try Shell.run(
      Kltop.path, options + (options[0] == "--format" ? [] : ["--once"]) + [Self.sample])
    #expect(result.status == 64)
    #expect(options[0] != "--theme" || result.errors.contains("'high-contrast'"))
  }

  @Test(arguments: ["summary", "audit", "--once"])
  func `Output that cannot be written is one line and exit status 74`(command: String) throws {
    let result = try Shell.run(
      "sh", ["-c", "\(Kltop.path) \(command) \(Self.sample) > /dev/full"])
    #expect(result.status == 74)
    #expect(result.errors == "kltop: cannot write the output: No space left on device\n")
  }

  @Test func `Settings are read from where they belong and options come before them`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("kltop"), withIntermediateDirectories: true)
    try folder.append("glyphs = \"ascii\"\nview = \"loss\"\n", to: "kltop/config.toml")
    func frame(_ options: String...) throws -> String {
      try Shell.run(
        "env", ["XDG_CONFIG_HOME=\(folder.url.path)", Kltop.path, "--once"] + options + [Self.sample]
      ).output
    }
    #expect(try frame().contains("+- loss ") || frame().contains("+ loss "))
    #expect(!(try frame().contains("- forgetting ")))
    #expect(try frame("--view", "forgetting", "--glyphs", "block").contains("┌ verdict"))
  }

  @Test func `Settings that cannot be used are told and stop nobody`() throws {
    let folder = try TemporaryFolder()
    try folder.append("theme = \"dark\"\nsmoothing = 7\nview = \"mode\"\n", to: "my.toml")
    let file = folder.path("my.toml")
    let result = try Kltop.run("--once", "--config", file, Self.sample)
    #expect(result.status == 0)
    #expect(result.errors == "kltop: \(file):2: smoothing: must be a number from 0 to 0.99\n")
    #expect(result.output.contains("┌ mode") && !result.output.contains("┌ loss"))
    let missing = try Kltop.run("--once", "--config", folder.path("no.toml"), Self.sample)
    #expect(missing.status == 66)
    #expect(missing.errors.contains("no.toml: cannot be read"))
  }

  @Test func `Keys write the screen into a file and into the clipboard`() throws {
    let folder = try TemporaryFolder()
    let screen = try TmuxScreen(
      "tmux set -s set-clipboard on; cd \(folder.url.path); \(Kltop.path) \(Self.sample)", columns: 100,
      rows: 30)
    try screen.wait(for: "step 200")
    try screen.press("Y")
    let shown = try screen.wait(for: "written: kltop-")
    let name = try #require(shown.firstMatch(of: /kltop-\d{8}-\d{6}\.svg/)).output
    #expect(try folder.text(of: String(name)).contains("digits-kl"))
    try screen.press("y")
    try screen.wait(for: "sent to the terminal's clipboard")
    let copied = try screen.clipboard { $0.contains("forgetting") }
    #expect(copied.contains("divergence") && copied.contains("step 200"))
  }
}
