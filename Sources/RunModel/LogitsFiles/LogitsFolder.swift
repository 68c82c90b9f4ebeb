internal import RunLog

/// The folder `logits` of a run whose log names no files.
struct LogitsFolder: Sendable {
  /// False once a record names a file: then it names all of them.
  var isUsed = true
  /// Every file as it was when it was taken up.
  private var taken: [String: FileStatus] = [:]
  /// Every file as it was at the last look.
  private var seen: [String: FileStatus] = [:]

  private static let endings = [".safetensors"]

  /// Files that are new or changed, with their steps, in that order.
  ///
  /// - Parameter isLive: a file counts only once it is the same in two looks: its header may be complete before its
  ///   numbers are.
  mutating func news(in directory: String, isLive: Bool) -> [(path: String, step: Int)] {
    guard isUsed, let names = try? DiskFileSystem().entries(of: directory) else { return [] }
    var news: [(path: String, step: Int)] = []
    for name in names where Self.endings.contains(where: name.hasSuffix) && !name.hasPrefix(".") {
      let path = RunLocation.joined(directory, name)
      guard let status = try? DiskFileSystem().status(of: path), taken[path] != status else { continue }
      let isSettled = !isLive || seen[path] == status
      seen[path] = status
      guard isSettled, let step = (try? LogitsHeader(path: path))?.step else { continue }
      taken[path] = status
      news.append((path, step))
    }
    return news.sorted { ($0.step, $0.path) < ($1.step, $1.path) }
  }
}
