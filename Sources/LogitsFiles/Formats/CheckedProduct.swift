/// The product of sizes that a file gives, nil where one is negative or the product is beyond all bounds.
func checkedProduct(_ sizes: [Int]) -> Int? {
  var result = 1
  // Sizes beside a 0 must be possible ones all the same: they are multiplied without it elsewhere.
  for size in sizes {
    let (product, overflow) = result.multipliedReportingOverflow(by: max(size, 1))
    if size < 0 || overflow { return nil }
    result = product
  }
  return sizes.contains(0) ? 0 : result
}
