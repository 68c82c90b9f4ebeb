import Foundation
import Testing

/// The real binary in a real terminal.
@Suite(.serialized)
struct TerminalSessionTests {
  private static func line(_ step: Int, loss: Double = 0.5) -> String {
    "{\"step\":\(step),\"mode\":\"train\",\"grad_enabled\":true,\"ref_mode\":\"eval\",\"loss\":\(loss)}\n"
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `A run fills the terminal and q gives it back`(columns: Int, rows: Int) throws {
    let screen = try TmuxScreen("\(Kltop.path) \(Kltop.sample("digits-kl"))", columns: columns, rows: rows)
    let shown = try screen.wait(for: "step 200")
    #expect(shown.contains("forgetting") && shown.contains("divergence") && shown.contains("quit"))
    try screen.press("q")
    let after = try screen.wait(for: "exit status 0")
    #expect(!after.contains("forgetting"))
  }

  @Test(arguments: [(1, 1), (20, 5)])
  func `A tiny terminal gets a message or last values, and never a crash`(columns: Int, rows: Int) throws {
    let screen = try TmuxScreen("\(Kltop.path) \(Kltop.sample("digits-kl"))", columns: columns, rows: rows)
    // A terminal of one cell may not even show that: its only cell is the one that scrolls.
    try screen.wait { columns == 1 || !$0.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty }
    try screen.resize(columns: 100, rows: 30)
    try screen.wait(for: "step 200")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `A log is shown from before it exists, as it grows and after it was truncated`() throws {
    let folder = try TemporaryFolder()
    let screen = try TmuxScreen("\(Kltop.path) \(folder.path("run.jsonl"))", columns: 100, rows: 30)
    try screen.wait(for: "WAITING")
    try folder.append(Self.line(1), to: "run.jsonl")
    try screen.wait(for: "step 1 ")
    try folder.append(String(Self.line(2).dropLast(9)), to: "run.jsonl")
    try folder.append(String(Self.line(2).suffix(9)) + Self.line(1_234_567), to: "run.jsonl")
    try screen.wait(for: "step 1234567")
    try Data(Self.line(7).utf8).write(to: folder.url.appendingPathComponent("run.jsonl"))
    try screen.wait(for: "step 7 ")
    try screen.wait(for: "went back from step 1234567 to 7")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `A directory of runs lists them all, those that come later too`() throws {
    let folder = try TemporaryFolder()
    func begin(_ run: String, step: Int) throws {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(run), withIntermediateDirectories: false)
      try folder.append(Self.line(step), to: run + "/metrics.jsonl")
    }
    try begin("first-run", step: 11)
    try begin("second-run", step: 22)
    let screen = try TmuxScreen("\(Kltop.path) \(folder.url.path)", columns: 100, rows: 30)
    try screen.wait(for: "step")
    try screen.press("r")
    try screen.wait { $0.contains("first-run") && $0.contains("second-run") && $0.contains("2 watched") }
    try begin("third-run", step: 33)
    try screen.wait { $0.contains("third-run") && $0.contains("33") }
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `Standard input is read while keys come from the terminal`() throws {
    let folder = try TemporaryFolder()
    try folder.append(Self.line(41), to: "run.jsonl")
    let screen = try TmuxScreen(
      "tail -n +1 -f \(folder.path("run.jsonl")) | \(Kltop.path) -", columns: 100, rows: 30)
    try screen.wait(for: "step 41")
    try folder.append(Self.line(42), to: "run.jsonl")
    try screen.wait(for: "step 42")
    try screen.press("?")
    try screen.wait(for: "show or hide this help")
    try screen.press("q")
    // tail only notices that nobody reads when it writes again.
    try folder.append(Self.line(43) + Self.line(44), to: "run.jsonl")
    try screen.wait { !$0.contains("show or hide this help") }
  }

  @Test func `Keys choose samples, panels, scales and the pause`() throws {
    // The log alone: files of logits that come in meanwhile would change which sample is which.
    let folder = try TemporaryFolder()
    let log = try String(contentsOfFile: Kltop.sample("digits-sft") + "/metrics.jsonl", encoding: .utf8)
    try folder.append(log, to: "metrics.jsonl")
    let screen = try TmuxScreen("\(Kltop.path) \(folder.url.path)", columns: 120, rows: 36)
    try screen.wait(for: "1 of 16 by divergence")
    try screen.press("n")
    try screen.wait(for: "2 of 16 by divergence")
    try screen.press("L")
    try screen.wait(for: "log scale")
    try screen.press("s", "s")
    try screen.wait(for: "smoothing 0.6")
    try screen.press("Space")
    try screen.wait(for: "PAUSED")
    try screen.press("Space", "5", "Enter")
    try screen.wait { $0.contains("┌ sample") && !$0.contains("┌ loss") }
    try screen.press("Escape")
    try screen.wait(for: "┌ loss")
  }

  @Test func `The metrics page filters, maximises and moves a crosshair`() throws {
    let screen = try TmuxScreen("\(Kltop.path) \(Kltop.sample("digits-sft"))", columns: 120, rows: 36)
    try screen.wait(for: "step 200")
    try screen.press("m")
    try screen.wait { $0.contains("12 of 12 keys") && $0.contains("grad_norm") }
    try screen.press("/", "o", "l", "d", "*")
    try screen.wait(for: "no key fits")
    try screen.press("C-u", "/", "o", "l", "d", "/", "Enter")
    try screen.wait { $0.contains("4 of 12 keys") && !$0.contains("grad_norm") }
    try screen.press("l", "l", "l", "Enter", "x", "Left")
    try screen.wait { $0.contains("┌ eval/old/loss") && $0.contains("199") }
    try screen.press("Escape", "Escape", "Escape")
    try screen.wait(for: "12 of 12 keys")
    try screen.press("Escape")
    try screen.wait(for: "┌ forgetting")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `The sample that was forgotten first, and when, in under ten keys that the screen names`(
    columns: Int, rows: Int
  ) throws {
    // The log alone: files of logits that come in meanwhile would change which sample is which.
    let folder = try TemporaryFolder()
    let log = try String(contentsOfFile: Kltop.sample("digits-sft") + "/metrics.jsonl", encoding: .utf8)
    try folder.append(log, to: "metrics.jsonl")
    let screen = try TmuxScreen("\(Kltop.path) \(folder.url.path)", columns: columns, rows: rows)
    try screen.wait(for: "i samples")
    var keys = 1
    try screen.press("i")
    var list = try screen.wait { $0.contains("s sort by next column") && Self.heading(of: $0) != nil }
    // The heading says where the order stands.
    while !list.contains("first at↑") && !list.contains("first forgotten↑") {
      keys += 1
      let before = Self.heading(of: list)
      try screen.press("s")
      // While the terminal is drawn there may be no heading, or half of one.
      list = try screen.wait { Self.heading(of: $0).map { $0 != before } ?? false }
    }
    try screen.wait { $0.contains("▶ old-3-a") && $0.contains("Enter open") }
    keys += 1
    try screen.press("Enter")
    // Where there is room the list shows the sample already.
    let sample = try screen.wait {
      $0.contains("forgotten first at step 70") && $0.contains("Left Right evaluation")
    }
    #expect(sample.contains("old-3-a"))
    // Back to the evaluation where it flipped: thirteen before the last of 21.
    for _ in 0..<13 { try screen.press("Left") }
    try screen.wait { $0.contains("back at step 70") && $0.contains("top-1 flipped: 3") }
    try screen.press("Left")
    try screen.wait { $0.contains("back at step 60") && $0.contains("top-1 kept: 3") }
    #expect(keys < 10, "\(keys) keys")
  }

  private static func heading(of list: String) -> Substring? {
    list.split(separator: "\n").first { line in
      line.contains("flips") && (line.contains("↑") || line.contains("↓"))
    }
  }

  @Test func `Inspecting opens a sample at a step, and says what there is where it is not`() throws {
    let path = Kltop.sample("digits-sft")
    let screen = try TmuxScreen(
      "\(Kltop.path) inspect --sample old-3-a --step 60 \(path)", columns: 120, rows: 36)
    try screen.wait { $0.contains("old-3-a  ● set old  step 60") && $0.contains("not forgotten so far") }
    try screen.press("Escape")
    try screen.wait(for: "s sort by next column")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `A replay plays, stops, steps and goes to its ends`() throws {
    let screen = try TmuxScreen(
      "\(Kltop.path) replay --from 50 \(Kltop.sample("digits-kl"))", columns: 120, rows: 36)
    try screen.wait(for: "REPLAY")
    try screen.press("Space", "Home")
    try screen.wait(for: "step   0 of 200")
    try screen.press("Right", "Right", "Right")
    try screen.wait(for: "step   3 of 200")
    try screen.press("End")
    try screen.wait(for: "step 200 of 200")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `A replay goes to what is typed and to evaluations, and plays as recorded`() throws {
    let screen = try TmuxScreen(
      "\(Kltop.path) replay --from 50 \(Kltop.sample("digits-kl"))", columns: 120, rows: 36)
    try screen.wait(for: "REPLAY")
    try screen.press("Space", ":")
    try screen.wait(for: "go to")
    try screen.press("3", "5", "%", "Enter")
    try screen.wait(for: "step  70 of 200")
    try screen.press("u", "Right")
    try screen.wait(for: "step  80 of 200")
    try screen.wait(for: "by evaluation")
    try screen.press(":", "x", "Enter")
    try screen.wait(for: "write a step such as 1200")
    try screen.press("Escape", "T")
    try screen.wait(for: "as recorded")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `The page about forgetting has the metrics, both scatters and the budgets`() throws {
    let screen = try TmuxScreen(
      "\(Kltop.path) --budget kl/old=1 --budget old/accuracy=-5% \(Kltop.sample("digits-sft"))", columns: 120,
      rows: 36)
    try screen.wait(for: "step 200")
    try screen.press("f")
    try screen.wait { $0.contains("−45.2 points") && $0.contains("lost against D(reference‖policy)") }
    try screen.wait(for: "eval old above 1: already crossed at step 70")
    try screen.press("D")
    try screen.wait(for: "eval old, nats")
    try screen.press("Escape")
    try screen.wait(for: "┌ loss")
    try screen.press("q")
    try screen.wait(for: "exit status 0")
  }

  @Test func `A stopped program gives the terminal back and comes back in front`() throws {
    let screen = try TmuxScreen("bash --norc --noprofile -i", columns: 100, rows: 30)
    try screen.press("\(Kltop.path) \(Kltop.sample("digits-kl"))", "Enter")
    try screen.wait(for: "step 200")
    try screen.press("C-z")
    try screen.wait { $0.contains("Stopped") && !$0.contains("forgetting") }
    try screen.press("fg", "Enter")
    try screen.wait(for: "forgetting")
    try screen.press("q")
    try screen.wait { !$0.contains("forgetting") }
    try screen.press("exit", "Enter")
    try screen.wait(for: "exit status 0")
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT, SIGUSR1, SIGUSR2, SIGALRM, SIGXFSZ])
  func `A signal ends the program with a clean terminal, and nothing is asked`(signal: Int32) throws {
    let screen = try TmuxScreen("\(Kltop.path) \(Kltop.sample("digits-kl"))", columns: 100, rows: 30)
    try screen.wait(for: "step 200")
    let running = try #require(try screen.processes(named: "kltop").first)
    kill(running, signal)
    let after = try screen.wait(for: "exit status")
    #expect(!after.contains("forgetting") && !after.contains("Press space to interact"))
  }
}
