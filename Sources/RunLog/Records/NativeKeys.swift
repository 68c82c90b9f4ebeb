/// What a key of the native log means.
enum KeyRole: UInt8, CaseIterable {
  /// Any other key: its numbers are a metric, its texts are shown.
  case plain
  /// The same, but it shows that the log is native.
  case nativeMarker
  /// `step` of the line itself, which is never a metric.
  case step
  /// Any other name of the step, at any depth: a metric in a line whose step another key names.
  case otherStep
  case time, phase, mode, split, gradients
  case referenceMode, referenceGradients, referenceIsAdapterOff
  case set, sample, samples, target, mask, tokens, labels, classes
  case logits, policyLogits, referenceLogits, otherReferenceLogits, logitsFile, rowsFile, shards
  case completion, referenceCompletion
  case logProbabilities, referenceLogProbabilities, sampledFrom
  case topIDs, topReferenceIDs, topLogProbabilities, topReferenceLogProbabilities
  case event, name, lambda, sign
}

extension KeyRole {
  /// True for the keys of `ModelModes`, which may be numbers too.
  var isSwitch: Bool {
    rawValue >= KeyRole.gradients.rawValue && rawValue <= KeyRole.referenceIsAdapterOff.rawValue
  }
}

/// A key that is more than a metric.
struct NativeKey {
  var role: KeyRole
  /// Names from the outermost object inwards.
  var path: [String]
  /// Its arrays are read.
  var hasArrays = false
  /// It makes the log native.
  var marksNative = false

  /// All of them; a key with any other name is plain.
  static let all: [NativeKey] = [
    NativeKey(role: .step, path: ["step"], hasArrays: true),
    NativeKey(role: .time, path: ["time"]),
    NativeKey(role: .time, path: ["timestamp"]),
    NativeKey(role: .time, path: ["_timestamp"]),
    NativeKey(role: .time, path: ["wall_time"]),
    NativeKey(role: .time, path: ["data", "timestamp"]),
    NativeKey(role: .time, path: ["datetime"]),
    NativeKey(role: .time, path: ["@timestamp"]),
    NativeKey(role: .split, path: ["split"]),
    NativeKey(role: .phase, path: ["phase"], marksNative: true),
    NativeKey(role: .mode, path: ["mode"], marksNative: true),
    NativeKey(role: .gradients, path: ["grad_enabled"]),
    NativeKey(role: .referenceMode, path: ["ref_mode"], marksNative: true),
    NativeKey(role: .referenceGradients, path: ["ref_grad_enabled"], marksNative: true),
    NativeKey(role: .referenceIsAdapterOff, path: ["ref_is_adapter_off"], marksNative: true),
    NativeKey(role: .set, path: ["set"]),
    NativeKey(role: .sample, path: ["sample"]),
    NativeKey(role: .samples, path: ["samples"], hasArrays: true),
    NativeKey(role: .target, path: ["target"], hasArrays: true),
    NativeKey(role: .mask, path: ["mask"], hasArrays: true),
    NativeKey(role: .tokens, path: ["tokens"], hasArrays: true),
    NativeKey(role: .labels, path: ["labels"], hasArrays: true),
    NativeKey(role: .classes, path: ["classes"], hasArrays: true),
    NativeKey(role: .logits, path: ["logits"], hasArrays: true, marksNative: true),
    NativeKey(role: .policyLogits, path: ["policy_logits"], hasArrays: true, marksNative: true),
    NativeKey(role: .referenceLogits, path: ["ref_logits"], hasArrays: true, marksNative: true),
    NativeKey(role: .otherReferenceLogits, path: ["reference_logits"], hasArrays: true, marksNative: true),
    NativeKey(role: .logitsFile, path: ["logits_file"], marksNative: true),
    NativeKey(role: .rowsFile, path: ["rows_file"], marksNative: true),
    NativeKey(role: .shards, path: ["shards"]),
    NativeKey(role: .completion, path: ["completion"]),
    NativeKey(role: .referenceCompletion, path: ["ref_completion"], marksNative: true),
    NativeKey(role: .logProbabilities, path: ["logprobs"], hasArrays: true),
    NativeKey(role: .referenceLogProbabilities, path: ["ref_logprobs"], hasArrays: true, marksNative: true),
    NativeKey(role: .sampledFrom, path: ["sampled_from"]),
    NativeKey(role: .topIDs, path: ["top", "ids"], hasArrays: true),
    NativeKey(role: .topReferenceIDs, path: ["top", "ref_ids"], hasArrays: true),
    NativeKey(role: .topLogProbabilities, path: ["top", "logprobs"], hasArrays: true),
    NativeKey(role: .topReferenceLogProbabilities, path: ["top", "ref_logprobs"], hasArrays: true),
    NativeKey(role: .event, path: ["event"], marksNative: true),
    NativeKey(role: .name, path: ["name"]),
    NativeKey(role: .lambda, path: ["objective", "lambda"]),
    NativeKey(role: .sign, path: ["objective", "sign"]),
  ]

  /// A key of the line itself that shows that the log is native although it is not in the list.
  static func marksNative(_ name: String) -> Bool {
    name.hasPrefix("logits") || name.hasPrefix("ref_")
  }
}
