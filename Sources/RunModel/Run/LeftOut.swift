/// What of a record was left out, told from the reason.
enum LeftOut {
  /// Texts that only name rows or classes: where their number is wrong, the logits stay.
  private static let names: Set<String> = ["tokens", "labels", "classes"]

  /// - Parameter reason: `3 tokens for 5` names what was left out; any other one is about the distribution itself.
  static func subject(of reason: String) -> String {
    let words = reason.split(separator: " ").map(String.init)
    guard words.count == 4, Int(words[0]) != nil, names.contains(words[1]), words[2] == "for" else {
      return OccurrenceEvidence().leftOut
    }
    return words[1]
  }
}
