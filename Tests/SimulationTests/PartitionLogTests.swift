import Kafka
import Retention
import Simulation
import Testing

/// A partition of the simulated cluster shows its readers what Kafka's would.
struct PartitionLogTests {
  private var log = PartitionLog(TopicPartition(topic: "t", partition: Partition(0)))

  private mutating func append(_ key: String, _ value: String?, in transaction: Int? = nil) {
    log.append(
      key: Array(key.utf8), value: value.map { Array($0.utf8) }, headers: [], timestamp: nil, transaction: transaction)
  }

  private func values(from offset: Int64 = 0) -> [String] {
    log.read(from: Offset(offset), limit: 100).records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
  }

  @Test mutating func nothingBehindTheFirstOpenRecordIsRead() {
    append("a", "1")
    append("b", "2", in: 7)
    append("c", "3")
    #expect(values() == ["1"])
    #expect(log.lastStable == Offset(1))
    #expect(log.high == Offset(3))
    log.end(transaction: 7, commits: true)
    #expect(values() == ["1", "2", "3"])
    // The marker has an offset of its own.
    #expect(log.lastStable == Offset(4))
  }

  @Test mutating func abortedRecordsAndMarkersAreGapsToReaders() {
    append("a", "1", in: 1)
    log.end(transaction: 1, commits: false)
    append("b", "2")
    #expect(values() == ["2"])
    let (records, next) = log.read(from: Offset(0), limit: 1)
    #expect(records.map(\.offset) == [Offset(2)])
    #expect(next == Offset(3))
  }

  @Test mutating func ofTwoOpenTransactionsTheEarlierOneHoldsReadersUp() {
    append("a", "1", in: 1)
    append("b", "2", in: 2)
    log.end(transaction: 2, commits: true)
    #expect(values().isEmpty)
    log.end(transaction: 1, commits: false)
    #expect(values() == ["2"])
  }

  @Test mutating func compactionKeepsTheLastRecordOfEachKeyAtItsOffset() {
    append("a", "1")
    append("b", "2")
    append("a", "3")
    log.compact(now: Shop.now)
    let records = log.read(from: Offset(0), limit: 100).records
    #expect(records.map(\.offset) == [Offset(1), Offset(2)])
    #expect(log.low == Offset(0))
    #expect(log.high == Offset(3))
  }

  @Test mutating func aTombstoneIsForgottenADayAfterTheFirstCompactionThatMetIt() {
    func offsets() -> [Offset] { log.read(from: Offset(0), limit: 100).records.map(\.offset) }
    append("a", "1")
    append("a", nil)
    log.compact(now: Shop.now)
    append("b", nil)
    #expect(offsets() == [Offset(1), Offset(2)])
    log.compact(now: Shop.now + PartitionLog.tombstoneRetention - .minutes(1))
    #expect(offsets() == [Offset(1), Offset(2)])
    log.compact(now: Shop.now + PartitionLog.tombstoneRetention)
    #expect(offsets() == [Offset(2)])
  }

  @Test mutating func retentionMovesTheBeginning() {
    for number in 0..<4 { append("k", "\(number)") }
    log.truncate(before: Offset(2))
    #expect(log.low == Offset(2))
    #expect(values() == ["2", "3"])
  }
}
