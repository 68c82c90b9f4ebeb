/// Objects inside an object that are the rows of a log: those of its longest list, or one for each step, which its key is.
struct NestedRows {
  /// Where the rows stand in the object.
  private(set) var ranges: [Range<Int>] = []
  /// The step of each row, where it is its key.
  private(set) var steps: [Int]?

  private struct Container {
    var isList: Bool
    var start: Int
    /// Members that are objects.
    var objects: [Range<Int>] = []
    /// Keys of the members, of an object.
    var keys: [Range<Int>] = []
  }

  private static let deepest = 6

  /// `nil` where an object has no such rows, or is a row itself.
  init?(_ object: UnsafeRawBufferPointer) {
    var open: [Container] = []
    var lists: [[Range<Int>]] = []
    var position = 0
    while position < object.count {
      switch object[position] {
      case UInt8(ascii: "\""):
        let start = position + 1
        position = Self.endOfText(object, from: start)
        let isKey = object[min(position + 1, object.count)...].first { !$0.isSpace } == UInt8(ascii: ":")
        if isKey, open.count == 1 { open[0].keys.append(start..<min(position, object.count)) }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(Container(isList: object[position] == UInt8(ascii: "["), start: position))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard let ended = open.popLast() else { return nil }
        if ended.isList { lists.append(ended.objects) }
        if open.isEmpty {
          guard !ended.isList else { return nil }
          self.init(ended, lists, object)
          return
        }
        if !ended.isList { open[open.count - 1].objects.append(ended.start..<position + 1) }
      default: break
      }
      guard open.count <= Self.deepest else { return nil }
      position += 1
    }
    return nil
  }

  private init?(_ whole: Container, _ lists: [[Range<Int>]], _ object: UnsafeRawBufferPointer) {
    let keys = whole.keys.map { String(decoding: object[$0], as: UTF8.self) }
    let numbers = keys.compactMap { Int($0) }
    if numbers.count > 1, numbers.count == keys.count, whole.objects.count == keys.count {
      (ranges, steps) = (whole.objects, numbers)
      return
    }
    // What names a step is a row itself.
    guard !keys.contains(where: { StepName.rank(ofKey: $0) != nil || TableColumns.isEpoch($0) }),
      let longest = lists.max(by: { $0.count < $1.count }), longest.count > 1
    else { return nil }
    ranges = longest
  }

  private static func endOfText(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return position
  }
}
