import RunLog
import TestSupport
import Testing

/// `metrics.csv` of Lightning.
struct LightningCSVTests {
  @Test func `Every cell of the file is a number at its step`() throws {
    let reading = PointReading.of(try Fixture.bytes("lightning.csv"))
    let expected = try Fixture.points("lightning.csv.tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == 125)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .lightningCSV)
    #expect(reading.notices.isEmpty)
  }

  @Test func `A file that is written anew with another column is no restart`() {
    var reading = PointReading()
    reading.files.create(Reading.path, "epoch,step,loss\n0,1,2.5\n0,3,2.25\n")
    reading.readOn()
    reading.files.rewrite(Reading.path, "acc,epoch,step,loss\n,0,1,2.5\n,0,3,2.2")
    reading.readOn()
    reading.files.rewrite(Reading.path, "acc,epoch,step,loss\n,0,1,2.5\n,0,3,2.25\n0.5,0,3,\n")
    reading.readOn()
    #expect(reading.startedOver == 0)
    #expect(reading.records == 3)
    #expect(reading.points["acc"] == [LoggedPoint(step: 3, value: 0.5)])
  }

  @Test func `A file of another run is a restart`() {
    var reading = PointReading()
    reading.files.create(Reading.path, "step,loss\n1,2.5\n3,2.25\n")
    reading.readOn()
    reading.files.rewrite(Reading.path, "step,loss\n1,2.5\n3,7\n")
    reading.readOn()
    #expect(reading.startedOver == 1)
    #expect(reading.records == 3)
  }

  @Test func `Damaged rows are rejected by themselves`() {
    let all = transcript(
      of: "step,\"a,\"\"b\"\"\",c\r\n1,2,nan\r\n1,2\r\nx,1,2\r\n2.5,1,1\r\n4,-inf,text\r\n5,1,2")
    #expect(
      all.entries.filter { !$0.contains(" unused ") } == [
        "2 step 1 a,\"b\"=2.0 c=nan", "3 remark: rows have 2 cells, of 3 that the header names",
        "3 step 1 a,\"b\"=2.0",
        "4 rejected: step is no integer", "5 rejected: step is no integer", "6 step 4 a,\"b\"=-inf",
      ])
  }
}
