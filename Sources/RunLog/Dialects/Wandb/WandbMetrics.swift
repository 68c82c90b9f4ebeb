/// What `define_metric` said of the metrics of a W&B run: the metric that each of them is drawn over.
///
/// Field numbers of `MetricRecord`: `wandb_internal.proto`. W&B itself adds the value of the step to every row that
/// needs it (`step_sync`).
struct WandbMetrics {
  private struct Definition {
    var name: [UInt8]
    var isPattern: Bool
    var step: [UInt8]?
    /// Place of the step's own definition, from 1; 0 where there is none.
    var stepIndex: Int
  }

  private var definitions: [Definition] = []
  /// Steps of the keys that were asked for.
  private var known: [[UInt8]: [UInt8]?] = [:]

  /// True where no metric has a step of its own.
  var isEmpty: Bool { definitions.isEmpty }

  /// Adds a `MetricRecord`; a later one of the same name takes the place of an earlier one.
  mutating func add(_ record: UnsafeRawBufferPointer) {
    var definition = Definition(name: [], isPattern: false, step: nil, stepIndex: 0)
    var reader = ProtobufReader(record)
    while let (field, value) = reader.next() {
      switch field {
      case 1: definition.name = value.bytes.map(Self.key) ?? []
      case 2:
        definition.name = value.bytes.map(Self.key) ?? []
        definition.isPattern = true
      case 4: definition.step = value.bytes.flatMap { $0.isEmpty ? nil : Self.key($0) }
      case 5: definition.stepIndex = value.integer ?? 0
      default: break
      }
    }
    guard !reader.isMalformed, !definition.name.isEmpty else { return }
    definitions.append(definition)
    known = [:]
  }

  /// The key of the metric that a key is drawn over, `nil` where nothing was said.
  mutating func step(of key: [UInt8]) -> [UInt8]? {
    if let step = known[key] { return step }
    let step = find(key)
    known[key] = .some(step)
    return step
  }

  /// A definition of the name itself counts before patterns, of which the longest does.
  private func find(_ key: [UInt8]) -> [UInt8]? {
    let own = definitions.last { !$0.isPattern && $0.name == key && ($0.step != nil || $0.stepIndex > 0) }
    let patterns = definitions.filter { $0.isPattern && Self.matches(key[...], $0.name[...]) }
    guard let found = own ?? patterns.max(by: { $0.name.count < $1.name.count }) else { return nil }
    let named =
      definitions.indices.contains(found.stepIndex - 1) ? definitions[found.stepIndex - 1].name : nil
    let step = found.step ?? named
    return step == key ? nil : step
  }

  /// A name as keys of the history are spelled: its parts, which dots separate, joined with `/`.
  private static func key(_ name: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in name {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
        continue
      }
      result.append(!isEscaped && byte == UInt8(ascii: ".") ? UInt8(ascii: "/") : byte)
      isEscaped = false
    }
    return result
  }

  /// True where a pattern, in which `*` stands for anything, fits a key.
  private static func matches(_ key: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    let parts = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return key == pattern }
    guard key.count >= first.count + last.count, key.starts(with: first), key.suffix(last.count) == last
    else {
      return false
    }
    var rest = key.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let match = rest.firstRange(of: part) else { return false }
      rest = rest[match.upperBound...]
    }
    return true
  }
}
