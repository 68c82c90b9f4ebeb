internal import CVectorMath

/// Entries that the inner loops take at once.
let blockSize = CVM_BLOCK_SIZE

/// Room for one block of each model, widened; every thread has its own.
struct BlockWorkspace: ~Copyable {
  let policy: UnsafeMutablePointer<Float>
  let reference: UnsafeMutablePointer<Float>
  let widePolicy: UnsafeMutablePointer<Double>
  let wideReference: UnsafeMutablePointer<Double>
  /// What the first sweep over a row leaves for a second one; nil where there is no second.
  let terms: RowTerms?

  /// - Parameter keptEntries: Entries of a row that is swept over twice, 0 where it is not.
  init(keptEntries: Int = 0) {
    terms = RowTerms(entries: keptEntries)
    policy = .allocate(capacity: blockSize)
    reference = .allocate(capacity: blockSize)
    widePolicy = .allocate(capacity: blockSize)
    wideReference = .allocate(capacity: blockSize)
  }

  deinit {
    policy.deallocate()
    reference.deallocate()
    widePolicy.deallocate()
    wideReference.deallocate()
  }
}

/// One row of stored logits, handed out block by block in the precision of the loop that asks.
///
/// Sendable although it holds a pointer: it only reads, and the memory is borrowed by the caller of `measure`,
/// who waits until all threads have ended.
struct LogitsRow: @unchecked Sendable {
  let base: UnsafeRawPointer
  let scalar: LogitsScalar
  let count: Int

  /// Whether float32 holds every logit exactly.
  var fitsFloat32: Bool { scalar != .float64 }

  /// A full block from `start` as the fastest loop takes it: where it lies, as far as that is possible.
  ///
  /// The result is valid until `room` is used again.
  func block(from start: Int, room: UnsafeMutablePointer<Float>) -> CVMBlock {
    if count - start >= blockSize {
      let logits = base + start * scalar.byteCount
      switch scalar {
      case .float32: return CVMBlock(logits: logits, scalar: CVM_FLOAT32)
      case .bfloat16: return CVMBlock(logits: logits, scalar: CVM_BFLOAT16)
      case .float16 where cvm_takes_float16(): return CVMBlock(logits: logits, scalar: CVM_FLOAT16)
      case .float16, .float64: break
      }
    }
    return CVMBlock(logits: floats(from: start, room: room), scalar: CVM_FLOAT32)
  }

  /// A full block from `start` in float32; entries past the end of the row are −∞, which adds nothing.
  ///
  /// The result is valid until `room` is used again.
  func floats(from start: Int, room: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    let present = min(blockSize, count - start)
    let source = base + start * scalar.byteCount
    if scalar == .float32 && present == blockSize && source.isAligned(for: Float.self) {
      return source.assumingMemoryBound(to: Float.self)
    }
    widen(source, present, to: room)
    (room + present).update(repeating: -.infinity, count: blockSize - present)
    return UnsafePointer(room)
  }

  /// The entries `start ..< start + length` (at most a block) in float64, with the same life as in `floats`.
  func doubles(
    from start: Int, length: Int, room: UnsafeMutablePointer<Double>, narrowRoom: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Double> {
    let source = base + start * scalar.byteCount
    switch scalar {
    case .float64 where source.isAligned(for: Double.self):
      return source.assumingMemoryBound(to: Double.self)
    case .float64:
      UnsafeMutableRawPointer(room).copyMemory(from: source, byteCount: length * scalar.byteCount)
    case .float32:
      cvm_widen_float32(source, length, room)
    case .float16, .bfloat16:
      widen(source, length, to: narrowRoom)
      cvm_widen_float32(narrowRoom, length, room)
    }
    return UnsafePointer(room)
  }

  private func widen(_ source: UnsafeRawPointer, _ length: Int, to room: UnsafeMutablePointer<Float>) {
    switch scalar {
    case .float16: cvm_widen_float16(source, length, room)
    case .bfloat16: cvm_widen_bfloat16(source, length, room)
    case .float32, .float64:
      UnsafeMutableRawPointer(room).copyMemory(from: source, byteCount: length * scalar.byteCount)
    }
  }
}

extension UnsafeRawPointer {
  fileprivate func isAligned<T>(for type: T.Type) -> Bool {
    UInt(bitPattern: self).isMultiple(of: UInt(MemoryLayout<T>.alignment))
  }
}
