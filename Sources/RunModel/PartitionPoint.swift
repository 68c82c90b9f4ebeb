extension RandomAccessCollection where Index == Int {
  /// Index of the first element that does not belong to the front part, found by halving; the front part comes first.
  func partitionPoint(_ belongsToFront: (Element) -> Bool) -> Int {
    (startIndex..<endIndex).firstIndex(fromWhich: { !belongsToFront(self[$0]) })
  }
}

extension Range where Bound == Int {
  /// First number of an ordered question from which on the answer is yes; `upperBound` where it never is.
  func firstIndex(fromWhich holds: (Int) -> Bool) -> Int {
    var low = lowerBound
    var high = upperBound
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
