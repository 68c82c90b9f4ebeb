extension Key {
  /// The key with a label as ``label`` makes it, whatever the case of its letters; `nil` for any other text.
  package init?(label: String) {
    if label.count == 1, let character = label.first {
      self = .character(character)
    } else if let key = Key.named[label.lowercased()] {
      self = key
    } else if label.count == 2, label.first == "^", let letter = label.lowercased().last {
      self = .control(letter)
    } else if "fF".contains(label.prefix(1)), let number = Int(label.dropFirst()), (1...63).contains(number) {
      self = .function(number)
    } else {
      return nil
    }
  }

  private static let named: [String: Key] = {
    let keys: [Key] = [
      .character(" "), .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backtab, .enter,
      .escape, .backspace, .delete,
    ]
    return Dictionary(uniqueKeysWithValues: keys.map { ($0.label.lowercased(), $0) })
  }()
}
