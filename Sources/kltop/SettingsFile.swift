import ArgumentParser
import Dashboard
import RunAnalysis
import RunModel
import Settings
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of settings, `kltop/config.toml` where the XDG Base Directory Specification has such files.
enum SettingsFile {
  /// The settings in a file that was named, else in the user's own if there is one.
  ///
  /// What cannot be used is said on standard error, and stops nobody from watching a run.
  /// - Throws: an exit status where a file that was named cannot be read.
  static func load(_ named: String?) throws -> (settings: Settings, complaints: [String]) {
    guard let path = named ?? usual else { return (Settings(), []) }
    do throws(Errno) {
      let text = String(decoding: try contents(of: path), as: UTF8.self)
      let (settings, problems) = SettingsReader.read(text, vocabulary: vocabulary)
      let complaints = problems.map { "\(path):\($0.line): \($0.text)" }
      for complaint in complaints { StandardError.say(complaint) }
      return (settings, complaints)
    } catch {
      guard named != nil else {
        if error != .noSuchFileOrDirectory { StandardError.say("\(path): cannot be read: \(error)") }
        return (Settings(), [])
      }
      StandardError.say("\(path): cannot be read: \(error)")
      throw ExitStatus.noInput
    }
  }

  private static var vocabulary: SettingsVocabulary {
    SettingsVocabulary(views: ScreenView.allCases.map(\.name), actions: KeyTable.standard.names) { text in
      do throws(BudgetError) {
        _ = try Budget(text)
        return nil
      } catch {
        return error.description
      }
    }
  }

  private static var usual: String? {
    func value(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let folder = value("XDG_CONFIG_HOME") ?? value("HOME").map { $0 + "/.config" }
    return folder.map { $0 + "/kltop/config.toml" }
  }

  /// Settings are short; a file of another kind is not read to its end.
  private static let mostBytes = 1 << 20

  private static func contents(of path: String) throws(Errno) -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try descriptor.closeAfter {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < mostBytes {
          let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
          guard count > 0 else { break }
          bytes += buffer[..<count]
        }
        return bytes
      }
    } catch {
      throw error as? Errno ?? .ioError
    }
  }
}
