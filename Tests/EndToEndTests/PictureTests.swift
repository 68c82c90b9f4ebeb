import Foundation
import Testing

/// The picture in the README.
struct PictureTests {
  @Test func `The picture in the README is what the program shows`() throws {
    let folder = try TemporaryFolder()
    let file = Kltop.repository.appendingPathComponent("sample-runs/kltop.svg")
    let script = Kltop.repository.appendingPathComponent("sample-runs/make_picture.sh").path
    let made = try Shell.run("env", ["KLTOP=\(Kltop.path)", script, folder.path("kltop.svg")])
    #expect(made.status == 0, "\(made.errors)")
    let picture = try folder.text(of: "kltop.svg")
    let isCurrent = picture == (try? String(contentsOf: file, encoding: .utf8))
    #expect(isCurrent, "KLTOP_RECORD=1 or sample-runs/make_picture.sh draws it anew")
    if !isCurrent, ProcessInfo.processInfo.environment["KLTOP_RECORD"] == "1" {
      try picture.write(to: file, atomically: true, encoding: .utf8)
    }
  }
}
