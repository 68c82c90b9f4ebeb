import FileAccess
import RunLog
import TestSupport
import Testing

/// Paths that a log names.
struct PathTextTests {
  @Test(arguments: [
    ("logits/a", "runs/x", false), ("../a", "runs/x", true), ("a/../b", "runs/x", false),
    ("a/../../b", "runs/x", true),
    ("./a", ".", false), ("/etc/a", "/runs/x", true), ("/runs/x/a", "/runs/x", false),
    ("/runs/xy", "/runs/x", true),
    ("/home/u/runs/x/a", "runs/x", false),
  ])
  func `A path leads out of a directory, or does not`(path: String, directory: String, leadsOutside: Bool) {
    #expect(PathText.leadsOutside(path, of: directory) == leadsOutside)
  }

  @Test func `Files of logits outside the run's folder are told of, once`() {
    let line = "{\"step\":1,\"logits_file\":\"../other/a.safetensors\"}\n"
    let told = transcript(of: line + line + "{\"step\":2,\"logits_file\":\"logits/b.safetensors\"}\n").entries
    #expect(told.filter { $0.contains("is outside the run's folder") }.count == 1)
  }
}
