import LogitsFiles
import TestSupport
import Testing

/// Which files a path names.
struct LogitsListingTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static let pair = LogitsFileBytes.safetensors([
    WrittenTensor("logits", .float32, [1, 2], [1, 2]),
    WrittenTensor("ref_logits", .float32, [1, 2], [2, 1]),
  ])
  private static let array = LogitsFileBytes.numpy(.float32, [1, 2], [1, 2])

  private func names(_ listing: LogitsListing) -> [String] {
    listing.files.map { String($0.path.dropFirst(folder.path.count + 1)) }
  }

  @Test(arguments: [
    ("step-000120.safetensors", 120), ("logits_step_7.safetensors", 7), ("step5.rank3.safetensors", 5),
    ("run2-step-10-part-3.safetensors", 10), ("00040.safetensors", 40), ("v2-30.f32.safetensors", 30),
    ("Global_Step12.safetensors", 12), ("steps-of-8.safetensors", 8), ("9-step.safetensors", 9),
    ("logits.f32.safetensors", nil), ("step-99999999999999999999.safetensors", nil),
  ])
  func `A name tells the step`(name: String, step: Int?) throws {
    #expect(try LogitsHeader(path: try folder.write(Self.pair, to: name)).step == step)
  }

  @Test func `The metadata's step comes before the name's`() throws {
    let tensors = [WrittenTensor("logits", .float32, [1, 2], [1, 2])]
    let bytes = LogitsFileBytes.safetensors(tensors, metadata: ["step": "77", "format": "pt"])
    #expect(try LogitsHeader(path: try folder.write(bytes, to: "step-3.safetensors")).step == 77)
  }

  @Test func `Files of a directory come by step, then by name in the order of its numbers`() throws {
    for name in [
      "step-10.safetensors", "step-9.rank10.safetensors", "step-9.rank2.safetensors", "step-100.safetensors",
    ] {
      try folder.write(Self.pair, to: name)
    }
    try folder.write([1, 2, 3], to: "notes.txt")
    try folder.write(Self.pair, to: ".step-1.safetensors")
    let listing = try LogitsListing(path: folder.path)
    #expect(
      names(listing) == [
        "step-9.rank2.safetensors", "step-9.rank10.safetensors", "step-10.safetensors",
        "step-100.safetensors",
      ])
    #expect(listing.ignored.isEmpty)
  }

  @Test func `Of a run's directory its logits are listed`() throws {
    try folder.write([], to: "metrics.jsonl")
    try folder.write(Self.pair, to: "logits/step-1.safetensors")
    #expect(names(try LogitsListing(path: folder.path)) == ["logits/step-1.safetensors"])
  }

  @Test func `What cannot be used is listed with the reason`() throws {
    try folder.write(Self.pair, to: "step-1.safetensors")
    try folder.write(Self.array, to: "step-1.npy")
    try folder.write(Array(Self.pair.dropLast()), to: "step-2.safetensors")
    try folder.write([0x80, 2], to: "optimizer.pt")
    let listing = try LogitsListing(path: folder.path)
    #expect(names(listing) == ["step-1.safetensors"])
    #expect(listing.ignored.map(\.kind) == [.unusable, .incomplete, .unusable])
    #expect(listing.ignored[2].reason == "the .safetensors file of the same name is used")
  }

  @Test func `A list of steps beside the files is found`() throws {
    let path = try folder.write(Self.array, to: "logits.npy")
    try folder.write(LogitsFileBytes.numpy(.int64, [1], [5]), to: "steps.npy")
    #expect(try LogitsListing(path: path).stepsFile == folder.path("steps.npy"))
    let all = try LogitsListing(path: folder.path)
    #expect(all.stepsFile == folder.path("steps.npy"))
    #expect(names(all) == ["logits.npy"])
  }

  @Test func `A directory without logits is no source`() throws {
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsListing(path: folder.path) }
    #expect(problem?.kind == .unusable)
  }

  @Test(arguments: [
    ("x.npz", [0x50, 0x4B, 3, 4], "numpy.save"), ("x.pt", [0x50, 0x4B, 3, 4], "torch.load"),
    ("x.pth", [0x80, 2], "torch.load"), ("x.bin", [0x80, 2], "torch.load"),
    ("x.bin", [1, 2], "numpy.fromfile"),
    ("x.dat", [0x50, 0x4B, 3, 4], "torch.load"),
    ("x.npy", [1, 2, 3, 4, 5, 6, 7], "does not start like an .npy file"),
    ("x.dat", [1, 2], "is no .safetensors, .npy or llama.cpp _logits_ file"),
  ])
  func `Formats that are not read are refused with what to do`(name: String, start: [Int], hint: String)
    throws
  {
    let path = try folder.write(start.map { UInt8($0) }, to: name)
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains(hint) == true)
    #expect(problem?.description.contains("\n") == false)
  }

  @Test func `A name is quoted for the shell`() throws {
    let path = try folder.write([0x80, 2], to: "it's $(x).pt")
    let problem = #expect(throws: LogitsFileProblem.self) { try LogitsHeader(path: path) }
    #expect(problem?.reason.contains(#"it'\''s $(x).pt'"#) == true)
  }
}
