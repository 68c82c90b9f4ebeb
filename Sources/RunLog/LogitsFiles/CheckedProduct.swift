/// The product of sizes that a file gives, nil where one is negative or the product is beyond all bounds.
func checkedProduct(_ sizes: [Int]) -> Int? {
  // Sizes beside a 0 must still be possible ones.
  guard sizes.allSatisfy({ $0 >= 0 }) else { return nil }
  var result = 1
  for size in sizes {
    let (product, overflow) = result.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    result = product
  }
  return result
}
