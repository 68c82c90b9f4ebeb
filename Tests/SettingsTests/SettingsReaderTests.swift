import CellCanvas
import Foundation
import Settings
import Testing

@Suite struct SettingsReaderTests {
  private func read(_ text: String) -> (settings: Settings, problems: [String]) {
    let vocabulary = SettingsVocabulary(views: ["runs", "loss"], actions: ["quit", "pause", "zoom-in"]) {
      text in
      text.contains("=") ? nil : "no budget: \(text)"
    }
    let (settings, problems) = SettingsReader.read(text, vocabulary: vocabulary)
    return (settings, problems.map(\.description))
  }

  @Test func `Everything can be set`() {
    let (settings, problems) = read(
      """
      # mine
      theme = "high-contrast"
      glyphs = "block"
      color = "always"
      smoothing = 0.6
      view = "runs"

      [keys]
      quit = ["q", "x", "^d"]
      "pause" = "space"
      zoom-in = []
      """)
    #expect(problems == [])
    #expect(settings.theme == .highContrast)
    #expect(settings.glyphs == .block)
    #expect(settings.color == .always)
    #expect(settings.smoothing == 0.6)
    #expect(settings.view == "runs")
    #expect(
      settings.keys == [
        "quit": [.character("q"), .character("x"), .control("d")], "pause": [.character(" ")], "zoom-in": [],
      ])
  }

  @Test func `Budgets are a text or a list, and a bad one takes no other away`() {
    #expect(read("budget = \"kl=0.1\"").settings.budgets == ["kl=0.1"])
    let (settings, problems) = read("smoothing = 0\nbudget = [\"kl=0.1\", \"much\", \"old/accuracy=-5%\"]")
    #expect(settings.budgets == ["kl=0.1", "old/accuracy=-5%"])
    #expect(problems == ["line 2: budget: no budget: much"])
    #expect(read("budget = 3").problems.first?.hasPrefix("line 1: budget: must be a text") == true)
  }

  @Test func `Nothing has to be set`() {
    #expect(read("").settings == Settings())
    #expect(read("").problems == [])
    #expect(read("smoothing = 0").settings.smoothing == 0)
  }

  @Test func `What cannot be used is told with its line, and the rest counts`() {
    let (settings, problems) = read(
      """
      theme = "pink"
      smoothing = 1
      colour = "never"
      glyphs = 3
      view = "loss"
      [keys]
      quit = "qq"
      fly = "f"
      pause = 7
      zoom-in = ["z", "nope"]
      """)
    #expect(settings.view == "loss")
    #expect(settings.theme == nil && settings.smoothing == nil && settings.glyphs == nil)
    #expect(settings.keys == ["quit": [], "zoom-in": [.character("z")]])
    #expect(
      problems == [
        "line 1: theme: must be one of \"auto\", \"dark\", \"light\", \"high-contrast\", \"monochrome\"",
        "line 2: smoothing: must be a number from 0 to 0.99",
        "line 3: colour: unknown: use \"budget\", \"color\", \"glyphs\", \"keys\", \"new\", \"retention\", \"smoothing\", \"theme\", \"view\"",
        "line 4: glyphs: must be one of \"auto\", \"braille\", \"block\", \"ascii\"",
        "line 7: keys.quit: no such key: \"qq\"; keys are written as the help shows them",
        "line 8: keys.fly: no such action: use \"quit\", \"pause\", \"zoom-in\"",
        "line 9: keys.pause: must be a key or a list of keys, such as [\"q\", \"^c\"]",
        "line 10: keys.zoom-in: no such key: \"nope\"; keys are written as the help shows them",
      ])
  }

  @Test(arguments: [("theme = \"dark\"\nview = = 1\n", 2), ("[keys\nquit = 1", 1), ("a = \"x", 1)])
  func `What is not TOML is told with its line`(text: String, line: Int) {
    let (settings, problems) = read(text)
    #expect(settings == Settings())
    #expect(problems.count == 1)
    #expect(problems[0].hasPrefix("line \(line): not TOML, so nothing in it counts: "))
  }

  @Test(arguments: ["keys.quit = 7", "keys = { quit = 7 }", "[keys]\n  'quit' = 7"])
  func `Keys may be written in every way that TOML has`(text: String) {
    #expect(read(text).problems.count == 1)
    #expect(
      read(text.replacingOccurrences(of: "7", with: "'x'")).settings.keys == ["quit": [.character("x")]])
  }

  @Test func `Keys are a table`() {
    #expect(read("keys = 7").problems == ["line 1: keys: must be a table: [keys]"])
  }
}
