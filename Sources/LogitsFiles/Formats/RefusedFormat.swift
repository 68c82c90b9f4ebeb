/// Formats that are not read, each with the line that turns it into one that is.
enum RefusedFormat: Sendable, Hashable {
  case zippedArrays
  case pickle
  case rawNumbers

  /// The format that a name and the first bytes show; nil for those that are read, or that nothing is known about.
  init?(path: String, start: [UInt8]) {
    let isPickle = start.starts(with: Array("PK".utf8)) || start.first == 0x80
    switch RefusedFormat.fileExtension(of: path) {
    case "npz": self = .zippedArrays
    case "pt", "pth", "ckpt": self = .pickle
    case "bin": self = isPickle ? .pickle : .rawNumbers
    default:
      guard start.starts(with: Array("PK\u{3}\u{4}".utf8)) else { return nil }
      self = .pickle
    }
  }

  /// Extensions of files that hold logits perhaps, but not for us.
  static let extensions: Set<String> = ["npz", "pt", "pth", "bin"]

  /// What follows the last dot of the name, in lower case.
  static func fileExtension(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  /// One phrase with the conversion.
  func refusal(of path: String) -> String {
    let file = Self.quoted(path)
    let stem = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
    return switch self {
    case .zippedArrays:
      "a zip archive is not read; take its arrays out: python3 -c 'import sys, numpy; "
        + #"[numpy.save(sys.argv[2] + k + ".npy", v) for k, v in numpy.load(sys.argv[1]).items()]' "#
        + "\(file) \(Self.quoted(stem + "."))"
    case .pickle:
      "a pickle can run any code and is not read; convert it: python3 -c 'import sys, torch; "
        + #"from safetensors.torch import save_file; d = torch.load(sys.argv[1], map_location="cpu"); "#
        + #"save_file({k: v.clone().contiguous() for k, v in (d if isinstance(d, dict) else {"logits": d}).items() "#
        + "if torch.is_tensor(v)}, sys.argv[2])' \(file) \(Self.quoted(stem + ".safetensors"))"
    case .rawNumbers:
      "raw numbers tell neither type nor shape; for float32 rows of V entries: python3 -c 'import sys, numpy; "
        + #"numpy.save(sys.argv[2], numpy.fromfile(sys.argv[1], "<f4").reshape(-1, int(sys.argv[3])))' "#
        + "\(file) \(Self.quoted(stem + ".npy")) V"
    }
  }

  /// A word of a shell's command line.
  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || "/._-".utf8.contains($0)
    }
    return plain
      ? text
      : "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: #"'\''"#) + "'"
  }
}
