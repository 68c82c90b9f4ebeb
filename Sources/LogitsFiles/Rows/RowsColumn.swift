/// The tensors of a rows file, by their names.
enum RowsColumn: Int, CaseIterable {
  case policyReference
  case referencePolicy
  case policyEntropy
  case referenceEntropy
  case totalVariation
  case target
  case position
  case policyTarget
  case referenceTarget
  case policyTargetRank
  case referenceTargetRank
  case policyTop
  case referenceTop
  case flags
  case sampleOffsets
  case entryOffsets
  case entryIDs
  case policyEntries
  case referenceEntries
  case policyEntryRanks
  case referenceEntryRanks

  /// What the tensor is called.
  var name: String {
    switch self {
    case .policyReference: "kl_policy_reference"
    case .referencePolicy: "kl_reference_policy"
    case .policyEntropy: "entropy_policy"
    case .referenceEntropy: "entropy_reference"
    case .totalVariation: "total_variation"
    case .target: "target"
    case .position: "position"
    case .policyTarget: "target_logprob_policy"
    case .referenceTarget: "target_logprob_reference"
    case .policyTargetRank: "target_rank_policy"
    case .referenceTargetRank: "target_rank_reference"
    case .policyTop: "top_policy"
    case .referenceTop: "top_reference"
    case .flags: "flags"
    case .sampleOffsets: "sample_offsets"
    case .entryOffsets: "entry_offsets"
    case .entryIDs: "entry_ids"
    case .policyEntries: "entry_logprob_policy"
    case .referenceEntries: "entry_logprob_reference"
    case .policyEntryRanks: "entry_rank_policy"
    case .referenceEntryRanks: "entry_rank_reference"
    }
  }

  /// What a tensor has one number for.
  enum Extent { case row, entry, sampleEdge, rowEdge }

  var extent: Extent {
    switch self {
    case .sampleOffsets: .sampleEdge
    case .entryOffsets: .rowEdge
    case .entryIDs, .policyEntries, .referenceEntries, .policyEntryRanks, .referenceEntryRanks: .entry
    default: .row
    }
  }

  /// The types that its numbers may have.
  var types: [ElementType] {
    switch self {
    case .flags: [.uint8]
    case .sampleOffsets, .entryOffsets: [.int64]
    case .policyEntries, .referenceEntries: [.float32, .float16]
    case .target, .position, .policyTargetRank, .referenceTargetRank, .policyTop, .referenceTop, .entryIDs,
      .policyEntryRanks, .referenceEntryRanks:
      [.int32]
    default: [.float32]
    }
  }

  /// Writers may leave it out.
  var isOptional: Bool { self == .policyEntryRanks || self == .referenceEntryRanks }

  /// The least and the greatest number it may hold, where its numbers are integers of rows or entries.
  ///
  /// - Parameter vocabulary: V.
  func bounds(vocabulary: Int) -> ClosedRange<Int32>? {
    let most = Int32(clamping: vocabulary)
    return switch self {
    case .target, .policyTop, .referenceTop: -1...most - 1
    case .entryIDs: 0...most - 1
    case .position: 0...Int32.max
    case .policyTargetRank, .referenceTargetRank, .policyEntryRanks, .referenceEntryRanks: 0...most
    default: nil
    }
  }
}
