/// What is known of the distributions of both models: divergences, estimates, samples, and files that are still read.
struct RunDistributions: Sendable {
  /// One for each phase and set that has logits of both models.
  var divergences: [ProbeKey: DivergenceTrack] = [:]
  /// Estimates and lower bounds, one for each phase and set that has sampled tokens or top-k lists.
  var estimates: [ProbeKey: EstimateTrack] = [:]
  var completions = Completions()
  /// Every set that the log has distributions of, in lower case.
  var knownSets: Set<String> = []
  /// Entries of probability pictures kept for looking back, 40 bytes each.
  var keptPictureEntries = 2_000_000
  /// How far the files of logits are measured.
  var files = LogitsFilesProgress()
  var pendingFiles = PendingLogitsFiles()
  /// How many files of ranks of a step are there, where some are missing: `37 of 64 shards`.
  var missingShards: [Int: String] = [:]
  /// Tracks whose statistics wait for more of their step.
  private var stale: Set<ProbeKey> = []

  mutating func note(sets: some Sequence<String>) {
    for set in sets { knownSets.insert(set.lowercased()) }
  }

  /// Changes one divergence, which is made where there is none; its statistics are taken at the next refresh.
  mutating func change(_ probe: ProbeKey, _ body: (inout DivergenceTrack) -> Void) {
    body(&divergences[probe, default: DivergenceTrack(probe: probe)])
    stale.insert(probe)
  }

  /// Changes the estimates of one phase and set, which are made where there are none.
  mutating func changeEstimates(_ probe: ProbeKey, _ body: (inout EstimateTrack) -> Void) {
    body(&estimates[probe, default: EstimateTrack(probe: probe)])
  }

  /// Takes the statistics of what changed, and thins pictures where they are too many.
  mutating func refresh(everything: Bool) {
    for probe in stale {
      divergences[probe]?.refresh(everything: everything, moreComes: files.queued > 0)
    }
    stale = stale.filter { divergences[$0]?.isStale == true }
    let entries = divergences.values.reduce(0) { $0 + $1.pictureEntries }
    guard entries > keptPictureEntries else { return }
    for probe in divergences.keys { divergences[probe]?.thinPictures() }
  }

  /// Begins a new branch at `step`, with `row` rows before it.
  mutating func restart(at step: Int, row: Int) {
    for probe in divergences.keys {
      divergences[probe]?.restart(at: step, row: row)
      if divergences[probe]?.isStale == true { stale.insert(probe) }
    }
    for probe in estimates.keys { estimates[probe]?.restart(at: step, row: row) }
    pendingFiles.restart(at: step, row: row)
    completions.restart(at: step, row: row)
  }

  /// Forgets what records told: the same ones come again at other steps.
  mutating func forget() {
    divergences = [:]
    estimates = [:]
    completions = Completions()
    stale = []
  }
}
