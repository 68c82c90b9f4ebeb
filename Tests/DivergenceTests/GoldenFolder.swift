import Foundation
import Testing

/// A JSON value; numbers that JSON cannot spell are read from the strings `NaN`, `Infinity`, `-Infinity`.
enum GoldenValue: Sendable {
  case number(Double)
  case text(String)
  case list([GoldenValue])
  case object([String: GoldenValue])

  init(_ value: Any) throws {
    switch value {
    case let object as [String: Any]: self = .object(try object.mapValues(GoldenValue.init))
    case let list as [Any]: self = .list(try list.map(GoldenValue.init))
    case let number as NSNumber: self = .number(number.doubleValue)
    case let text as String: self = .text(text)
    default: throw GoldenError(description: "\(value) is unexpected")
    }
  }

  /// All numbers in order, whatever their nesting.
  var numbers: [Double] {
    get throws {
      let spelled = ["NaN": Double.nan, "Infinity": .infinity, "-Infinity": -.infinity]
      switch self {
      case .number(let number): return [number]
      case .list(let list): return try list.flatMap { try $0.numbers }
      case .text(let text):
        guard let number = spelled[text] else { throw GoldenError(description: "\(text) is no number") }
        return [number]
      case .object: throw GoldenError(description: "an object is no number")
      }
    }
  }
}

struct GoldenError: Error, CustomStringConvertible {
  let description: String
}

/// One recorded case, or an object within it.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let folder: URL
  private let value: GoldenValue

  var testDescription: String { name }

  init(file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    folder = file.deletingLastPathComponent()
    value = try GoldenValue(JSONSerialization.jsonObject(with: Data(contentsOf: file)))
  }

  private init(name: String, folder: URL, value: GoldenValue) {
    self.name = name
    self.folder = folder
    self.value = value
  }

  var shape: [Int] {
    get throws { try numbers("shape").map { Int($0) } }
  }

  var dtype: String {
    get throws {
      guard case .text(let dtype) = try member("dtype") else {
        throw GoldenError(description: "\(name): dtype is no text")
      }
      return dtype
    }
  }

  func nested(_ key: String) throws -> GoldenCase {
    GoldenCase(name: "\(name)/\(key)", folder: folder, value: try member(key))
  }

  func list(_ key: String) throws -> [GoldenCase] {
    guard case .list(let list) = try member(key) else {
      throw GoldenError(description: "\(name): \(key) is no list")
    }
    return list.map { GoldenCase(name: "\(name)/\(key)", folder: folder, value: $0) }
  }

  func numbers(_ key: String) throws -> [Double] { try member(key).numbers }

  private func member(_ key: String) throws -> GoldenValue {
    guard case .object(let members) = value, let member = members[key] else {
      throw GoldenError(description: "\(name) has no \(key)")
    }
    return member
  }
}

/// The folder of recorded cases: the one in `KLTOP_GOLDEN`, else the one beside the tests.
enum GoldenFolder {
  static var url: URL {
    get throws {
      if let path = ProcessInfo.processInfo.environment["KLTOP_GOLDEN"], !path.isEmpty {
        return URL(fileURLWithPath: path, isDirectory: true)
      }
      guard let resources = Bundle.module.resourceURL else {
        throw GoldenError(description: "the tests have no resources")
      }
      return resources.appendingPathComponent("Golden", isDirectory: true)
    }
  }

  /// All cases of a family, at least one, in the order of their names.
  static func cases(of family: String) throws -> [GoldenCase] {
    let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" && $0.lastPathComponent.hasPrefix(family + "_") }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    if files.isEmpty { throw GoldenError(description: "no \(family)_*.json in \(try url.path)") }
    return try files.map(GoldenCase.init(file:))
  }
}
