package import Foundation
import RunLog
package import RunModel

extension RunModel {
  /// A run that has read a whole log.
  package init(log url: URL) {
    self.init(path: url.path)
    var follower = RunFollower(path: url.path, readsOnce: true)
    var comparer = RunComparer()
    repeat { apply(comparer.measure(follower.nextBatch())) } while activity != .upToDate
  }
}
