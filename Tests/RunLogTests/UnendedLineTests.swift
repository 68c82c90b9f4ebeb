import RunLog
import TestSupport
import Testing

/// The last line of a file that does not grow any more, without its newline.
struct UnendedLineTests {
  private func read(_ text: String, readsOnce: Bool) -> Transcript {
    let files = FakeFileSystem()
    files.create(Reading.path, text)
    var follower = RunFollower(path: Reading.path, fileSystem: files, readsOnce: readsOnce)
    var transcript = Transcript()
    repeat { transcript.add(follower.nextBatch()) } while transcript.status.source == .reading
    return transcript
  }

  private static let texts = [
    "step 1: loss 3\nstep 2: loss 2.5\nstep 3: loss 1.66", "step,loss\n1,3\n2,2.5\n3,1.66",
    "Step\tloss\n1\t3\n2\t2.5\n3\t1.66",
    "Step 1 | loss:3 \nStep 2 | loss:2.5 \nStep 3 | loss:1.66",
    "step 1: loss 3\rstep 2: loss 2.5\rstep 3: loss 1.66\r",
    "step: 1\nloss: 3\nstep: 2\nloss: 2.5\nstep: 3\nloss: 1.66",
    "loss: 3\niteration: 1\n\nloss: 2.5\niteration: 2\n\nloss: 1.66\niteration: 3\n",
  ]

  @Test(arguments: texts)
  func `It is read where nothing more comes`(text: String) {
    let all = read(text, readsOnce: true)
    #expect(all.entries.last { $0.contains(" step ") }?.hasSuffix("step 3 loss=1.66") == true)
  }

  @Test(arguments: texts.prefix(4))
  func `It may go on while the file is followed`(text: String) {
    let all = read(text, readsOnce: false)
    #expect(all.entries.contains { $0.contains("loss=2.5") })
    #expect(!all.entries.contains { $0.contains("1.66") })
  }

  @Test(arguments: ["{\"step\":1,\"loss\":3}\n{\"step\":2,\"lo", "step,loss,lr\n1,3,0.1\n2,2.5,0.1\n3,1"])
  func `A torn record is neither read nor a fault`(text: String) {
    let all = read(text, readsOnce: true)
    #expect(!all.entries.contains { $0.contains("rejected") || $0.contains("step 3") })
  }
}
