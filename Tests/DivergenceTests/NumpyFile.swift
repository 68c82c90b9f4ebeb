import Foundation

/// The bytes and the shape of a `.npy` file of version 1, C order, little-endian.
struct NumpyFile {
  let descriptor: String
  let shape: [Int]
  let bytes: [UInt8]

  init(_ url: URL) throws {
    let data = [UInt8](try Data(contentsOf: url))
    guard data.count > 10, data[0] == 0x93, data[6] == 1 else {
      throw GoldenError(description: "\(url.lastPathComponent) is no .npy file of version 1")
    }
    let headerEnd = 10 + Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<headerEnd], as: UTF8.self)
    guard let descriptor = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
      let sizes = header.firstMatch(of: /'shape': *\(([^)]*)\)/)?.1,
      header.contains("'fortran_order': False")
    else { throw GoldenError(description: "\(url.lastPathComponent): unknown header \(header)") }
    self.descriptor = String(descriptor)
    shape = sizes.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    bytes = Array(data[headerEnd...])
  }
}
