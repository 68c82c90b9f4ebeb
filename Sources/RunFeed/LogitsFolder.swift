internal import FileAccess
internal import LogitsFiles
internal import RunLog
internal import RunModel

/// The folder `logits` of a run whose log names no files.
struct LogitsFolder: Sendable {
  /// One file of both models, or one of each.
  struct Entry: Sendable, Hashable {
    let path: String
    /// The reference's logits, where they are in a file of their own.
    let reference: String?
    let step: Int
    /// Why it is left out; nil where it is to be measured.
    var leftOut: String?
    /// It is left out because another file of its step has more precise logits: no fault of its own.
    var isReplaced = false
  }

  /// False once a record names a file: then it names all of them.
  var isUsed = true
  /// Every file as it was when it was taken up.
  private var taken: [String: [FileStatus]] = [:]
  /// Every file as it was at the last look.
  private var seen: [String: [FileStatus]] = [:]
  /// The most precise type of each step so far, with the files that have it.
  private var best: [Int: (rank: Int, entries: [Entry])] = [:]

  /// Files that are new or changed, by step, and those that are left out for a more precise one.
  ///
  /// - Parameter isLive: a file counts only once it is the same in two looks: its header may be complete before its
  ///   numbers are.
  mutating func news(in directory: String, isLive: Bool) -> [Entry] {
    guard isUsed, let names = try? DiskFileSystem().entries(of: directory) else { return [] }
    var news: [Entry] = []
    for (name, reference) in LogitsFileNames(names).all {
      let path = PathText.joined(directory, name)
      let referencePath = reference.map { PathText.joined(directory, $0) }
      guard isSettled(path, referencePath, isLive: isLive) else { continue }
      do throws(LogitsFileProblem) {
        let header = try LogitsHeader(path: path)
        guard let step = header.step else {
          throw LogitsFileProblem(path, "neither its name nor its metadata tells the step")
        }
        let chosen = choose(
          Entry(path: path, reference: referencePath, step: step), rank: header.precisionRank)
        // What this look took up before may be left out now.
        news.removeAll { earlier in chosen.contains { $0.path == earlier.path } }
        news += chosen
      } catch {
        // In a live run more of it may come.
        if isLive && error.kind != .unusable { continue }
        news.append(Entry(path: path, reference: referencePath, step: 0, leftOut: error.reason))
      }
      taken[path] = seen[path]
    }
    return news.sorted { ($0.step, $0.path) < ($1.step, $1.path) }
  }

  /// True where the files are others than before, and all there.
  private mutating func isSettled(_ path: String, _ reference: String?, isLive: Bool) -> Bool {
    var statuses: [FileStatus] = []
    for path in [path] + (reference.map { [$0] } ?? []) {
      guard let status = try? DiskFileSystem().status(of: path) else { return false }
      statuses.append(status)
    }
    guard taken[path] != statuses else { return false }
    defer { seen[path] = statuses }
    return !isLive || seen[path] == statuses
  }

  /// Of several types of one step the most precise is measured; the rest is left out.
  private mutating func choose(_ entry: Entry, rank: Int) -> [Entry] {
    var rejected = entry
    rejected.leftOut = "more precise logits of step \(entry.step) are used"
    rejected.isReplaced = true
    guard let known = best[entry.step], known.entries.contains(where: { $0.path != entry.path }) else {
      best[entry.step] = (rank, [entry])
      return [entry]
    }
    if rank > known.rank { return [rejected] }
    if rank == known.rank {
      best[entry.step]?.entries.append(entry)
      return [entry]
    }
    best[entry.step] = (rank, [entry])
    return [entry]
      + known.entries.filter { $0.path != entry.path }.map { other in
        var other = other
        other.leftOut = rejected.leftOut
        other.isReplaced = true
        return other
      }
  }
}

extension LogitsHeader {
  /// Place of its least precise logits of the policy among the types, lower is better.
  fileprivate var precisionRank: Int {
    prompts(asReference: false).compactMap { $0.policy?.type.precisionRank }.max() ?? 0
  }
}
