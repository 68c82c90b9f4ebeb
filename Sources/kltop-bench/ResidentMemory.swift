#if canImport(Glibc)
  internal import Glibc
#endif

/// How much of this process is in memory.
enum ResidentMemory {
  /// `nil` where the system does not tell.
  static var bytes: Int? {
    #if canImport(Glibc)
      guard let file = fopen("/proc/self/statm", "r") else { return nil }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      guard fgets(&line, Int32(line.count), file) != nil else { return nil }
      let fields = line.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }.split(separator: " ")
      guard fields.count > 1, let pages = Int(String(fields[1])) else { return nil }
      return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    #else
      return nil
    #endif
  }
}
