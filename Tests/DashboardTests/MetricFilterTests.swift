import Testing

@testable import Dashboard

struct MetricFilterTests {
  @Test(
    arguments: [
      ("", "loss", true), ("acc", "eval/old/Accuracy", true), ("ACC", "eval/acc", true), ("x", "loss", false),
      ("eval/*", "eval/loss", true), ("eval/*", "train/eval/loss", false), ("*loss", "eval/loss", true),
      ("*loss", "loss_scale", false), ("l?ss", "loss", true), ("l?ss", "lss", false),
      ("*a*b*", "xaxbx", true),
      ("*a*b*", "xbxax", false), ("*", "", true), ("?", "", false), ("**", "loss", true),
      ("/^eval.*(acc|loss)$", "eval/old/loss", true), ("/^loss$/", "eval/loss", false),
      ("/LOSS/", "loss", true),
      ("/", "loss", true),
    ] as [(String, String, Bool)])
  func `Parts, patterns and regular expressions`(text: String, name: String, fits: Bool) throws {
    let filter = try #require(MetricFilter(text))
    #expect(filter.matches(name) == fits, "\(text) on \(name)")
  }

  @Test(arguments: ["/(", "/[a", "/*"])
  func `What is no regular expression is refused`(text: String) {
    #expect(MetricFilter(text) == nil)
  }
}
