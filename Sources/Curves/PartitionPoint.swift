extension RandomAccessCollection where Index == Int {
  /// Index of the first element that does not belong to the front part, found by halving; the front part comes first.
  package func partitionPoint(_ belongsToFront: (Element) -> Bool) -> Int {
    (startIndex..<endIndex).firstIndex(fromWhich: { !belongsToFront(self[$0]) })
  }
}

extension Range where Bound == Int {
  /// First number of an ordered question from which on the answer is yes; `upperBound` where it never is.
  package func firstIndex(fromWhich holds: (Int) -> Bool) -> Int {
    var low = lowerBound
    var high = upperBound
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The same, looking around `guess` first, in strides that double.
  package func firstIndex(near guess: Int, fromWhich holds: (Int) -> Bool) -> Int {
    var low = lowerBound
    var high = upperBound
    var probe = Swift.min(Swift.max(guess, low), high)
    var stride = 1
    while probe < high, !holds(probe) {
      low = probe + 1
      probe = Swift.min(high, low + stride)
      stride *= 2
    }
    high = probe
    stride = 1
    while low < high, high - stride > low {
      guard holds(high - stride) else { return (high - stride + 1..<high).firstIndex(fromWhich: holds) }
      high -= stride
      stride *= 2
    }
    return (low..<high).firstIndex(fromWhich: holds)
  }
}
