import CStaticBuild

/// What `kltop --version` says.
enum BuildText {
  static let version = "0.1.0"

  /// Version, kind of build and commit.
  static var full: String { "kltop \(version) (\(kind))" }

  private static var kind: String {
    if let commit = static_build_commit() { return "static build, commit \(String(cString: commit))" }
    #if DEBUG
      return "debug build of a checkout, commit not recorded"
    #else
      return "release build of a checkout, commit not recorded"
    #endif
  }
}
