internal import FileAccess

/// One rows file, as its header tells.
package struct RowsShardFile: Sendable, Hashable {
  package let path: String
  package let step: Int
  package let shard: RowsShard
  /// A file that was written anew is another one.
  package let modified: Int64

  init(_ header: RowsHeader, modified: Int64) {
    path = header.path
    step = header.step
    shard = header.shard
    self.modified = modified
  }

  package init(path: String, step: Int, shard: RowsShard, modified: Int64 = 0) {
    self.path = path
    self.step = step
    self.shard = shard
    self.modified = modified
  }
}

/// Which files of a folder count at each step.
package struct RowsPlan {
  /// Files of one evaluation of one launch.
  package struct Group: Sendable {
    package var files: [RowsShardFile]

    var shard: RowsShard { files[0].shard }

    /// As many ranks as the launch has.
    var isComplete: Bool { files.count == shard.worldSize }
  }

  /// What counts at a step.
  package struct Chosen: Sendable {
    /// Evaluations of one launch, the newest first.
    package var groups: [Group]
    /// Files that the newest evaluation of the step has, where some are missing.
    package var shards: ShardCount?
  }

  package private(set) var steps: [Int: Chosen] = [:]
  package private(set) var leftOut: [(file: RowsShardFile, reason: String)] = []

  package init(_ files: [RowsShardFile]) {
    let firstSteps = Self.firstSteps(files)
    var present: [Int: [RowsShardFile]] = [:]
    for file in files.sorted(by: { $0.path < $1.path }) {
      if let (newer, step) = firstSteps.firstNewer(than: file.shard.generation), file.step >= step {
        leftOut.append(
          (file, "is of generation \(file.shard.generation): generation \(newer) began again at step \(step)")
        )
      } else {
        present[file.step, default: []].append(file)
      }
    }
    for (step, files) in present { choose(files, at: step) }
  }

  private mutating func choose(_ files: [RowsShardFile], at step: Int) {
    let groups = Dictionary(grouping: files) { GroupKey($0.shard) }
      .sorted { $0.key.isNewer(than: $1.key, $0.value, $1.value) }
      .map { Group(files: Self.ranks($0.value)) }
    guard let newest = groups.first else { return }
    let complete = groups.first { $0.isComplete }
    let counted = complete ?? newest
    let ofLaunch = groups.filter {
      $0.shard.launch == counted.shard.launch && $0.shard.generation == counted.shard.generation
        && ($0.isComplete || complete == nil) && $0.shard.sequence <= counted.shard.sequence
    }
    steps[step] = Chosen(
      groups: ofLaunch,
      shards: newest.isComplete ? nil : ShardCount(present: newest.files.count, all: newest.shard.worldSize))
    let others = groups.filter {
      $0.shard.launch != counted.shard.launch && $0.shard.generation == counted.shard.generation
        && $0.isComplete
    }
    for other in others {
      leftOut.append(
        (
          other.files[0],
          "is of another launch than \(PathText.name(of: counted.files[0].path)), which is newer and counts: two programs "
            + "write into one folder"
        ))
    }
  }

  /// One file a rank; a file of all ranks takes the place of theirs.
  private static func ranks(_ files: [RowsShardFile]) -> [RowsShardFile] {
    if let whole = files.last(where: { $0.shard.worldSize == 1 }) { return [whole] }
    var byRank: [Int: RowsShardFile] = [:]
    for file in files { byRank[file.shard.rank] = file }
    return byRank.values.sorted { $0.shard.rank < $1.shard.rank }
  }

  private static func firstSteps(_ files: [RowsShardFile]) -> GenerationStarts {
    GenerationStarts(files.map { ($0.shard.generation, $0.step) })
  }
}

/// The first step of each generation of a folder.
private struct GenerationStarts {
  /// Rising generations, each with the least first step of itself and those behind it.
  private var starts: [(generation: Int, newer: Int, step: Int)] = []

  init(_ files: [(generation: Int, step: Int)]) {
    var first: [Int: Int] = [:]
    for file in files { first[file.generation] = min(first[file.generation] ?? .max, file.step) }
    var least: (generation: Int, step: Int)?
    for (generation, step) in first.sorted(by: { $0.key > $1.key }) {
      if least.map({ step <= $0.step }) ?? true { least = (generation, step) }
      starts.append((generation, least?.generation ?? generation, least?.step ?? step))
    }
    starts.reverse()
  }

  /// The generation behind one that began earliest, and where.
  func firstNewer(than generation: Int) -> (generation: Int, step: Int)? {
    starts.first { $0.generation > generation }.map { ($0.newer, $0.step) }
  }
}

/// What the files of one evaluation of one launch have in common.
private struct GroupKey: Hashable {
  let generation: Int
  let sequence: Int
  let launch: String

  init(_ shard: RowsShard) {
    generation = shard.generation
    sequence = shard.sequence
    launch = shard.launch
  }

  /// The greatest (generation, sequence) wins; of two launches the later time, then the name.
  func isNewer(than other: GroupKey, _ mine: [RowsShardFile], _ others: [RowsShardFile]) -> Bool {
    if generation != other.generation { return generation > other.generation }
    if launch == other.launch { return sequence > other.sequence }
    let (left, right) = (Self.time(mine), Self.time(others))
    return (left, launch) > (right, other.launch)
  }

  private static func time(_ files: [RowsShardFile]) -> Double {
    files.compactMap(\.shard.time).max() ?? -.infinity
  }
}
