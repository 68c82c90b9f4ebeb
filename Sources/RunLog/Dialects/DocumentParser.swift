import CSimdJSON

/// Reads one JSON document as a flat list of its numbers and texts, with the keys of all parents in front.
final class DocumentParser {
  struct Document {
    var numbers: [(key: String, value: Double)] = []
    var texts: [(key: String, text: String)] = []
  }

  private let parser: LineParser

  init() {
    guard let decoder = csj_create() else { preconditionFailure("out of memory") }
    parser = LineParser(decoder: decoder)
  }

  deinit { csj_destroy(parser.decoder) }

  /// What a document says; `nil` where it is not one whole object.
  func parse(_ bytes: UnsafeRawBufferPointer) -> Document? {
    // The parser wants newlines behind a document.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + csj_padding(), alignment: 16)
    defer { copy.deallocate() }
    copy.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "\n"))
    copy.copyBytes(from: bytes)
    let (verdict, line) = parser.parse(UnsafeRawBufferPointer(rebasing: copy[..<bytes.count]))
    guard verdict == csj_verdict_object, let line = line?.pointee else { return nil }
    var document = Document()
    for index in 0..<line.number_count {
      document.numbers.append((name(line.number_nodes[index]), line.numbers[index]))
    }
    for index in 0..<line.item_count where line.items[index].kind == csj_kind_text.byte {
      document.texts.append((name(line.items[index].node), String(line.items[index].text)))
    }
    return document
  }

  private func name(_ node: UInt32) -> String {
    let own = String(csj_node_name(parser.decoder, node))
    let parent = csj_node_parent(parser.decoder, node)
    return parent == 0 ? own : name(parent) + "/" + own
  }
}

/// What the rows of a source that is rewritten as a whole were, so that only those that are new count.
struct RowMemory {
  enum Verdict {
    /// The row was there before.
    case known
    case new
    /// Another row was there before: the source tells another story from here on.
    case other
  }

  private var rows: ContiguousArray<Int> = []
  private var position = 0

  /// The source begins anew.
  mutating func startOver() { position = 0 }

  /// Compares the next row with the one that was at its place; `hash` stands for its content.
  mutating func compare(_ hash: Int) -> Verdict {
    defer { position += 1 }
    guard position < rows.count else {
      rows.append(hash)
      return .new
    }
    if rows[position] == hash { return .known }
    rows.removeSubrange(position...)
    rows.append(hash)
    return .other
  }
}
