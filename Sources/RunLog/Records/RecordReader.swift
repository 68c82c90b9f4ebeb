import CSimdJSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads one record out of a decoded line.
struct RecordReader {
  let fields: LineFields
  /// The record brings distributions, so that `target`, `mask`, … are about them.
  let hasDistributions: Bool
  private let isRun: Bool
  /// It describes the run: its numbers are no metrics.
  private let isDescription: Bool
  /// The number called a time is a duration, and a metric like others.
  var timeIsMetric = false

  init(_ fields: LineFields) {
    self.fields = fields
    hasDistributions = !fields.hasOnlyNumbers && fields.hasDistributions
    let event = fields.hasOnlyNumbers ? nil : fields.item(.event, csj_kind_text)?.pointee.text
    isRun = event?.holds("run") ?? false
    isDescription = isRun || event?.holds("checkpoint") ?? false || event?.holds("end") ?? false
  }

  /// `phase`, else `mode`, else the set's `split`, else train.
  var phase: Phase {
    (mode(.phase) ?? mode(.mode) ?? mode(.split)) == .eval ? .eval : .train
  }

  /// The set of probes that the record is about; `nil` where it names none.
  var set: String? { fields.item(.set, csj_kind_text).map { String($0.pointee.text) } }

  /// The switches of both models.
  var modes: ModelModes {
    ModelModes(
      policy: mode(.mode), policyGradients: fields.flag(.gradients),
      reference: mode(.referenceMode),
      referenceGradients: fields.flag(.referenceGradients),
      referenceIsAdapterOff: fields.flag(.referenceIsAdapterOff) ?? false)
  }

  /// What the line says about its time.
  var time: WrittenTime {
    guard let item = fields.item(.time)?.pointee else { return .none }
    switch csj_kind(numericCast(item.kind)) {
    case csj_kind_number: return LogTime.seconds(item.number).map { .date($0) } ?? .small(item.number)
    case csj_kind_text:
      let text = UnsafeRawBufferPointer(start: item.text.bytes, count: item.text.length)
      if let seconds = LogTime.seconds(text) { return .date(seconds) }
      guard case .plain(let number) = LooseNumber(text) else { return .none }
      return LogTime.seconds(number).map { .date($0) } ?? .none
    default: return .none
    }
  }

  private func mode(_ role: KeyRole) -> ModelMode? {
    guard let text = fields.item(role, csj_kind_text)?.pointee.text else { return nil }
    // Nearly all records say one of these two.
    if text.holds("train") { return .train }
    if text.holds("eval") { return .eval }
    guard text.length <= Self.longestMode else { return nil }
    return Phase(word: String(text).lowercased()).map { $0 == .train ? .train : .eval }
  }

  private static let longestMode = 12

  /// Adds the line's metrics; their keys are still nodes.
  func appendNumbers(_ nodes: borrowing KeyNodes, to batch: inout RecordBatch) {
    if isDescription { return }
    let line = fields.line
    batch.numbers.append(contentsOf: UnsafeBufferPointer(start: line.numbers, count: line.number_count))
    batch.numberKeys.append(
      contentsOf: UnsafeBufferPointer(start: line.number_nodes, count: line.number_count))
    for index in 0..<line.item_count where line.items[index].kind == csj_kind_number.byte {
      let item = line.items + index
      guard index != fields.stepIndex, isMetric(nodes.roles[Int(item.pointee.node)]) else { continue }
      batch.numbers.append(item.pointee.number)
      batch.numberKeys.append(item.pointee.node)
    }
  }

  private func isMetric(_ role: KeyRole) -> Bool {
    switch role.numberUse {
    case .metric: true
    case .unlessOfDistributions: !hasDistributions
    case .unlessOfRun: !isRun
    case .unlessClock: timeIsMetric
    case .never: false
    }
  }

  /// Adds the texts to show, and of those that are numbers, and of lists of numbers, the values; true where there are any
  /// texts.
  func appendTexts(
    _ nodes: inout KeyNodes, _ values: inout LooseValues, _ decoder: OpaquePointer,
    to batch: inout RecordBatch
  ) -> Bool {
    let before = batch.texts.count
    let line = fields.line
    for index in 0..<line.item_count where line.items[index].kind >= csj_kind_boolean.byte {
      let item = line.items[index]
      if index == fields.stepIndex { continue }
      // The configuration is told as a whole.
      if isRun, nodes.name(item.node).hasPrefix(Self.configurationPrefix) { continue }
      let role = nodes.roles[Int(item.node)]
      let isPlain = role == .plain || role == .nativeMarker || role == .otherStep
      if isPlain, values.append(item, of: line, &nodes, decoder, to: &batch) { continue }
      guard item.kind == csj_kind_text.byte, isShown(role) else { continue }
      batch.texts.append(
        RecordText(record: batch.records.count, key: nodes.name(item.node), text: String(item.text)))
    }
    return batch.texts.count > before
  }

  private func isShown(_ role: KeyRole) -> Bool {
    switch role.textUse {
    case .always: true
    case .unlessOfDistributions: !hasDistributions
    case .unlessOfRun: !isRun
    case .unlessMode: mode(role) == nil
    }
  }

  /// Adds what an `event` of kind `run` says.
  func appendRun(line number: Int, _ nodes: borrowing KeyNodes, to batch: inout RecordBatch) {
    guard isRun else { return }
    var run = RunDescription(name: fields.text(.name), classes: nil, lambda: nil, sign: nil)
    run.classes = fields.texts(.classes)
    run.lambda = fields.number(.lambda)
    run.sign = fields.text(.sign) ?? fields.number(.sign).map { $0 < 0 ? "-" : "+" }
    noteConfiguration(nodes, in: &run)
    batch.notices.append(LogNotice(position: batch.records.count, line: number, kind: .run(run)))
  }

  private static let configurationPrefix = "config/"
  private static let totalStepsKeys: Set<String> = ["total_steps", "max_steps"]

  /// A whole number without a point.
  private static func text(_ number: Double) -> String {
    Int(exactly: number).map { String($0) } ?? "\(number)"
  }

  /// What stands under `config`, and how many steps are planned.
  private func noteConfiguration(_ nodes: borrowing KeyNodes, in run: inout RunDescription) {
    func note(_ node: UInt32, _ text: String, number: Double?) {
      let key = nodes.name(node)
      if Self.totalStepsKeys.contains(key), let total = number.flatMap({ Int(exactly: $0) }), total > 0 {
        run.totalSteps = total
      }
      guard key.hasPrefix(Self.configurationPrefix) else { return }
      run.configuration[String(key.dropFirst(Self.configurationPrefix.count))] = text
    }
    func list(_ texts: [String]) -> String { texts.joined(separator: ", ") }
    let line = fields.line
    for index in 0..<Int(line.number_count) {
      let value = line.numbers[index]
      note(line.number_nodes[index], Self.text(value), number: value)
    }
    for index in 0..<Int(line.item_count) {
      let item = line.items[index]
      switch csj_kind(numericCast(item.kind)) {
      case csj_kind_number: note(item.node, Self.text(item.number), number: item.number)
      case csj_kind_text: note(item.node, String(item.text), number: nil)
      case csj_kind_boolean: note(item.node, item.number != 0 ? "true" : "false", number: nil)
      case csj_kind_null: note(item.node, "null", number: nil)
      case csj_kind_number_array where item.rank == 1:
        note(
          item.node, list((item.first..<item.first + item.count).map { Self.text(line.array_numbers[$0]) }),
          number: nil)
      case csj_kind_text_array:
        note(
          item.node, list((item.first..<item.first + item.count).map { String(line.array_texts[$0]) }),
          number: nil)
      // The decoder keeps no long or mixed lists of keys that mean nothing to it.
      default: note(item.node, "(a list)", number: nil)
      }
    }
  }
}

/// What a line says about its time.
enum WrittenTime: Equatable {
  case none
  /// Seconds since 1970.
  case date(Double)
  /// A number that is no date: seconds since some start, or a duration.
  case small(Double)
}

extension KeyRole {
  /// When a number of the key is a metric.
  enum NumberUse {
    case metric, unlessOfDistributions, unlessOfRun, unlessClock, never
  }

  /// When a text of the key is shown.
  enum TextUse {
    case always, unlessOfDistributions, unlessOfRun, unlessMode
  }

  var numberUse: NumberUse {
    switch self {
    case .plain, .nativeMarker, .otherStep, .completion, .referenceCompletion, .logits, .policyLogits,
      .referenceLogits, .otherReferenceLogits,
      .logProbabilities, .referenceLogProbabilities, .topIDs, .topReferenceIDs, .topLogProbabilities,
      .topReferenceLogProbabilities, .split:
      .metric
    case .shards, .sample, .samples, .target, .mask, .tokens, .labels, .classes: .unlessOfDistributions
    case .name, .lambda, .sign: .unlessOfRun
    case .time: .unlessClock
    case .step, .phase, .mode, .gradients, .referenceMode, .referenceGradients,
      .referenceIsAdapterOff, .set, .logitsFile, .rowsFile, .sampledFrom, .event:
      .never
    }
  }

  var textUse: TextUse {
    switch self {
    case .set, .sample, .sampledFrom, .logitsFile, .rowsFile, .completion, .referenceCompletion:
      .unlessOfDistributions
    case .event, .name, .sign: .unlessOfRun
    case .phase, .mode, .split, .referenceMode: .unlessMode
    default: .always
    }
  }
}

extension csj_text {
  /// True where the bytes are those of a text.
  func holds(_ text: StaticString) -> Bool {
    length == text.utf8CodeUnitCount && memcmp(bytes, text.utf8Start, length) == 0
  }
}
