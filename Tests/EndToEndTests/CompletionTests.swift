import Foundation
import Testing

/// What shells and manuals make of the options.
struct CompletionTests {
  @Test(arguments: ["bash", "zsh", "fish"])
  func `Shells get completions that they can read`(shell: String) throws {
    let script = try Kltop.run("--generate-completion-script", shell)
    #expect(script.status == 0)
    for word in ["high-contrast", "replay", "smoothing", "config"] { #expect(script.output.contains(word)) }
    guard try Shell.run("sh", ["-c", "command -v \(shell)"]).status == 0 else { return }
    let folder = try TemporaryFolder()
    try folder.append(script.output, to: "completion")
    let checked = try Shell.run(shell, ["-n", folder.path("completion")])
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test func `Every command and option says what it is for`() throws {
    let dump = try Kltop.run("--experimental-dump-help")
    let tool = try #require(
      JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
    let root = try #require(tool["command"] as? [String: Any])
    var pending = [root]
    var names: Set<String> = []
    while let command = pending.popLast() {
      let name = command["commandName"] as? String ?? "?"
      // The parser's own.
      if name == "help" { continue }
      names.insert(name)
      #expect((command["abstract"] as? String)?.isEmpty == false, "\(name)")
      for argument in command["arguments"] as? [[String: Any]] ?? [] {
        #expect((argument["abstract"] as? String)?.isEmpty == false, "\(name): \(argument)")
      }
      pending += command["subcommands"] as? [[String: Any]] ?? []
    }
    #expect(names.isSuperset(of: ["kltop", "watch", "replay", "kl", "audit", "summary"]))
  }
}
