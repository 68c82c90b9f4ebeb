import Foundation
import RunLog

@testable import RunModel

extension RunModel {
  /// A run that has read a whole log.
  init(log url: URL) {
    self.init(path: url.path)
    var follower = RunFollower(path: url.path, readsOnce: true)
    var comparer = RunComparer()
    repeat { apply(comparer.measure(follower.nextBatch())) } while activity != .upToDate
  }
}

/// Logs that belong to the tests.
enum Fixtures {
  static var mistakes: URL { folder.appending(path: "Mistakes") }
  static var languageMistakes: URL { folder.appending(path: "LanguageMistakes") }

  private static var folder: URL {
    (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appending(path: "Fixtures")
  }
}
