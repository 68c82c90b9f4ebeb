import Foundation
import Testing

/// `kltop run`: a training that kltop starts.
struct RunCommandTests {
  @Test func `Without a terminal the output is passed on and kept, and the exit status is the training's`()
    throws
  {
    let folder = try TemporaryFolder()
    let result = try Kltop.run(
      "run", "--dir", folder.path("a/b"), "--", "/bin/sh", "-c",
      "test -t 1 && echo on a terminal; echo bad >&2; exit 7")
    #expect(result.status == 7)
    #expect(result.output == "on a terminal\nbad\n")
    #expect(try folder.text(of: "a/b/console.log") == result.output)
    let signalled = try Kltop.run("run", "--dir", folder.path("c"), "--", "/bin/sh", "-c", "kill -9 $$")
    #expect(signalled.status == 137)
  }

  @Test func `A program that is not there is said at once`() throws {
    let folder = try TemporaryFolder()
    let result = try Kltop.run("run", "--dir", folder.url.path, "--", "no-such-program-here")
    #expect(result.status == 66 && result.errors.contains("no such program"))
    #expect(try Kltop.run("run", "--dir", folder.url.path).status == 64)
  }

  @Test func `Leaving the screen leaves the training running, and says how to come back`() throws {
    let folder = try TemporaryFolder()
    try folder.append(
      "i=0; while [ ! -e '\(folder.path("stop"))' ]; do echo \"{\\\"step\\\": $i, \\\"loss\\\": 1.5}\" >> '\(folder.path("metrics.jsonl"))'; i=$((i+1)); sleep 0.1; done; echo over > '\(folder.path("ended"))'\n",
      to: "train.sh")
    let screen = try TmuxScreen(
      "\(Kltop.path) run --dir \(folder.url.path) -- /bin/sh \(folder.path("train.sh"))", columns: 120,
      rows: 30)
    try screen.wait(for: "loss")
    try screen.wait(for: "step")
    try screen.press("q")
    try screen.wait(for: "the training goes on")
    #expect(try screen.text().contains("exit status 0"))
    let before = try folder.text(of: "metrics.jsonl").count
    try wait { (try? folder.text(of: "metrics.jsonl").count) ?? 0 > before }
    try folder.append("", to: "stop")
    try wait { FileManager.default.fileExists(atPath: folder.path("ended")) }
    try wait { (try? folder.text(of: ".kltop/run.json").contains("\"status\":0")) ?? false }
  }

  private func wait(_ holds: () -> Bool) throws {
    let end = Date().addingTimeInterval(20)
    while !holds() {
      try #require(Date() < end, "nothing happened")
      usleep(50_000)
    }
  }
}
