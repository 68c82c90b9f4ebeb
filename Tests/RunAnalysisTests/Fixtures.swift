import Foundation

/// Logs that belong to the tests.
enum Fixtures {
  static var mistakes: URL { folder.appending(path: "Mistakes") }
  static var languageMistakes: URL { folder.appending(path: "LanguageMistakes") }

  private static var folder: URL {
    (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appending(path: "Fixtures")
  }
}
