/// Which files of a folder hold logits, as their names tell.
///
/// Formats that are refused are among them, so that somebody is told. A `.safetensors` file holds both models. An `.npy` file holds one: the reference's has `ref` or `reference` in its
/// name and is otherwise called as the policy's (`step-10.npy` and `ref_step-10.npy`, `logits-10.npy` and
/// `ref_logits-10.npy`); one without a step serves all.
package struct LogitsFileNames {
  /// By name; the reference's file beside the policy's where it is one of its own.
  package private(set) var all: [(name: String, reference: String?)] = []

  package init(_ names: [String]) {
    let visible = names.filter { !$0.hasPrefix(".") }.sorted()
    all = visible.filter { name in Self.wholeEndings.contains { name.hasSuffix($0) } }.map { ($0, nil) }
    let arrays = visible.filter { $0.hasSuffix(".npy") }
    var references: [[Substring]: String] = [:]
    for name in arrays where Self.isReference(name) { references[Self.key(name)] = name }
    for name in arrays where !Self.isReference(name) {
      guard let reference = references[Self.key(name)] ?? references[[]] else { continue }
      all.append((name, reference))
    }
  }

  private static let wholeEndings = [".safetensors", ".npz", ".pt", ".pth"]
  private static let referenceWords: Set<Substring> = ["ref", "reference"]
  private static let modelWords: Set<Substring> = ["ref", "reference", "policy", "logits"]

  private static func isReference(_ name: String) -> Bool {
    words(name).contains { referenceWords.contains($0) }
  }

  /// What tells the files of one model from each other.
  private static func key(_ name: String) -> [Substring] { words(name).filter { !modelWords.contains($0) } }

  private static func words(_ name: String) -> [Substring] {
    name.dropLast(".npy".count).lowercased()[...].split { !$0.isLetter && !$0.isNumber }
  }
}
