import CSimdJSON

/// The values of a line that are numbers in other clothes: numbers in texts, and short lists of numbers.
struct LooseValues {
  private var commas = CommaHabits()
  /// Nodes of the elements of lists: of each list by its node.
  private var elements: [UInt32: [UInt32]] = [:]
  /// Nodes of metrics whose names stand in texts.
  private var named: [String: UInt32] = [:]
  /// Keys that were told of.
  private var told: Set<UInt32> = []

  /// Adds the numbers of a text or a list; false where it has none.
  mutating func append(
    _ item: csj_item, of line: csj_line, _ nodes: inout KeyNodes, _ decoder: OpaquePointer,
    to batch: inout RecordBatch
  ) -> Bool {
    switch csj_kind(numericCast(item.kind)) {
    case csj_kind_text:
      let text = UnsafeRawBufferPointer(start: item.text.bytes, count: item.text.length)
      guard let number = LooseNumber(text) else {
        if UnusedText(text) != nil { tell(item.node, String(item.text), nodes, &batch) }
        return false
      }
      let value = commas.value(number, of: item.node)
      batch.numbers.append(value)
      batch.numberKeys.append(item.node)
      if !commas.news.isEmpty {
        commas.forgetNews()
        batch.tell(comma: String(item.text), as: value, of: nodes.name(item.node), line: 0)
      }
    case csj_kind_number_array:
      for index in 0..<item.count {
        guard let node = element(index, of: item.node, &nodes, decoder) else { return false }
        batch.numbers.append(line.array_numbers[item.first + index])
        batch.numberKeys.append(node)
      }
    case csj_kind_boolean: tell(item.node, "true or false", nodes, &batch)
    default: tell(item.node, "a list", nodes, &batch)
    }
    return true
  }

  /// The node of a metric whose name stands in a text.
  mutating func node(named text: String, _ nodes: inout KeyNodes, _ decoder: OpaquePointer) -> UInt32? {
    if let known = named[text] { return known }
    guard let node = Self.add(text, below: 0, &nodes, decoder) else { return nil }
    named[text] = node
    return node
  }

  private mutating func element(
    _ index: Int, of list: UInt32, _ nodes: inout KeyNodes, _ decoder: OpaquePointer
  ) -> UInt32? {
    while elements[list, default: []].count <= index {
      let name = String(elements[list, default: []].count)
      guard let node = Self.add(name, below: list, &nodes, decoder) else { return nil }
      elements[list, default: []].append(node)
    }
    return elements[list]?[index]
  }

  private static func add(
    _ name: String, below parent: UInt32, _ nodes: inout KeyNodes, _ decoder: OpaquePointer
  ) -> UInt32? {
    var name = name
    let node = name.withUTF8 { csj_add_key(decoder, parent, $0.baseAddress, $0.count) }
    nodes.adopt(decoder)
    return node == 0 ? nil : node
  }

  /// Tells once of a key whose values are no numbers.
  private mutating func tell(
    _ node: UInt32, _ value: String, _ nodes: borrowing KeyNodes, _ batch: inout RecordBatch
  ) {
    guard told.insert(node).inserted else { return }
    batch.notices.append(
      LogNotice(
        position: batch.records.count, line: 0, kind: .unusedKey(nodes.name(node), value: value)))
  }
}

/// A text that stands where a number is to be expected, and is none: a duration, `N/A`, nothing at all.
struct UnusedText {
  private static let words: Set<String> = ["", "n/a", "na", "none", "null", "-", "--", "?"]

  init?(_ text: UnsafeRawBufferPointer) {
    let rest = text.trimmedAtEnd.drop { $0.isSpace }
    if rest.count <= 4, Self.words.contains(String(decoding: rest, as: UTF8.self).lowercased()) { return }
    // `51s`, `36m 53s`, `0:01:00`, `1,234 tokens`; not `2024-01-01` or a path.
    guard let first = rest.first, first.isDigit, rest.count < 32 else { return nil }
  }
}
