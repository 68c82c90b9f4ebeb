#if canImport(Glibc)
  internal import Glibc
#endif

/// How much of this process is in memory.
enum ResidentMemory {
  /// `nil` where the system does not tell.
  static var bytes: Int? { pages { $0[1] } }

  /// The same without what is mapped from files.
  static var anonymousBytes: Int? { pages { $0[1] - $0[2] } }

  private static func pages(_ count: ([Int]) -> Int) -> Int? {
    #if canImport(Glibc)
      guard let file = fopen("/proc/self/statm", "r") else { return nil }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      guard fgets(&line, Int32(line.count), file) != nil else { return nil }
      let fields = line.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }.split(separator: " ")
        .compactMap { Int(String($0)) }
      return fields.count > 2 ? count(fields) * Int(sysconf(Int32(_SC_PAGESIZE))) : nil
    #else
      return nil
    #endif
  }
}
