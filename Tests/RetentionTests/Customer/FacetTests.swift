import Testing

@testable import Retention

@Suite("Stored facets") struct FacetTests {
  /// The stored facets of customers with random histories.
  private func samples(_ count: UInt64) throws -> [[FacetKind: [UInt8]]] {
    let program = try Shop().program
    return try (0..<count).map { seed in
      let history = History(seed: 10_000 + seed, length: 12)
      var shop = Shop(program)
      for step in history.steps { try shop.take(step.event, seen: step.seen) }
      return shop.stored
    }
  }

  /// Decodes, encodes and decodes again; whatever was accepted must also serve the program without a trap.
  private func isStable(_ bytes: [UInt8], _ kind: FacetKind) -> Bool { isStable(kind.type, bytes) }

  private func isStable<F: Facet>(_: F.Type, _ bytes: [UInt8]) -> Bool {
    guard let facet = try? F.decode(bytes) else { return true }
    guard let again = try? F.decode(facet.encoded()) else { return false }
    return again == facet
  }

  @Test func aFacetComesBackFromItsStoredForm() throws {
    for sample in try samples(200) {
      for (kind, bytes) in sample {
        #expect(try kind.type.decode(bytes).encoded() == bytes)
      }
    }
  }

  /// A working copy serves one customer after the other: nothing of the last may be left, and the next is read all the same.
  @Test func aFacetThatIsForgottenIsThatOfNobody() throws {
    var kinds: Set<FacetKind> = []
    var last: [FacetKind: [UInt8]] = [:]
    for sample in try samples(200) + [looking()] {
      for (kind, bytes) in sample {
        #expect(try isFresh(kind.type, bytes, then: last[kind] ?? bytes), "\(kind): \(bytes)")
        kinds.insert(kind)
      }
      last.merge(sample) { $1 }
    }
    #expect(kinds.isSuperset(of: [.seen, .account, .orders, .contacts, .standing, .rhythm, .items, .browsing]))
  }

  /// What random histories are without.
  private func looking() -> [FacetKind: [UInt8]] {
    var browsing = Browsing()
    _ = browsing.take(id("e-1"))
    _ = browsing.note(View(sku: id("s-1"), category: id("yoga")), on: LocalDay(5))
    var items = Items()
    let line = OrderLine(sku: id("s-1"), category: id("yoga"), quantity: 1, unitPrice: 100)
    items.add(line, on: LocalDay(5), order: id("o-1"), capacity: 8)
    return [.browsing: browsing.encoded() ?? [], .items: items.encoded() ?? []]
  }

  private func isFresh<F: Facet>(_: F.Type, _ bytes: [UInt8], then others: [UInt8]) throws -> Bool {
    var facet = try F.decode(bytes)
    facet.forget()
    guard facet == F() else { return false }
    try others.withUnsafeBufferPointer { others throws(FacetError) in try facet.decode(others) }
    return try facet == F.decode(others)
  }

  @Test func theDueTimeIsReadFromTheFirstBytesAlone() throws {
    for sample in try samples(100) {
      for (kind, bytes) in sample {
        #expect(try nextDue(ofStoredFacet: bytes) == kind.type.decode(bytes).nextDue)
      }
    }
    #expect(throws: FacetError.self) { try nextDue(ofStoredFacet: []) }
    #expect(throws: FacetError.self) { try nextDue(ofStoredFacet: [1]) }
  }

  @Test func aFacetCutOffAnywhereIsRefused() throws {
    for sample in try samples(20) {
      for (kind, bytes) in sample {
        for length in bytes.indices {
          let cut = Array(bytes[..<length])
          #expect(throws: FacetError.self) { _ = try kind.type.decode(cut) }
        }
      }
    }
  }

  @Test func bytesLeftOverAreRefused() throws {
    let sample = try #require(samples(1).first)
    let account = try #require(sample[.account]) + [0]
    let error = #expect(throws: FacetError.self) { try PointsAccount.decode(account) }
    #expect(error?.description == "facet account has bytes left over")
  }

  @Test func aFacetDueAtAnotherTimeThanItsFirstBytesSayIsRefused() throws {
    var shop = try Shop()
    try shop.take(.paid(total: 10_000), at: at("2026-11-22T12:00:00Z"))
    let stored = try #require(shop.stored[.account])
    let due = try #require(try nextDue(ofStoredFacet: stored))
    for other in [nil, due + .days(1)] as [Instant?] {
      var first = FacetWriter()
      var moved = FacetWriter()
      first.put(due)
      moved.put(byte: PointsAccount.version)
      moved.put(other)
      // Behind the version stands the due time, which the index of timers believes.
      let changed = moved.bytes + stored.dropFirst(1 + first.bytes.count)
      let error = #expect(throws: FacetError.self) { try PointsAccount.decode(changed) }
      #expect(error?.description == "facet account is due at another time than its first bytes say")
    }
  }

  @Test func aMutatedFacetIsRefusedOrIsAFacetThatTheProgramCanServe() throws {
    let shop = try Shop()
    var random = SeededRandom(seed: 3)
    var accepted = 0
    for sample in try samples(40) {
      for _ in 0..<100 {
        guard let kind = sample.keys.sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random),
          var bytes = sample[kind]
        else { continue }
        for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
        try #require(isStable(bytes, kind), "\(kind): \(bytes)")
        if serve(kind, bytes, shop.program) { accepted += 1 }
      }
    }
    // Otherwise nothing was served, and the test is empty.
    #expect(accepted > 100)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard let index = bytes.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
    default: bytes.remove(at: index)
    }
  }

  /// Runs every kind of event and all timers over the facet; false when it is refused.
  private func serve(_ kind: FacetKind, _ bytes: [UInt8], _ program: RetentionProgram) -> Bool {
    var customer = Customer(id: Shop.customer)
    guard (try? customer.load(.all) { $0 == kind ? bytes : nil }) != nil else { return false }
    let now = at("2026-12-24T00:00:00Z")
    let origin = Cause.Origin(topic: "orders", partition: 0, offset: 0)
    for (number, payload) in Self.payloads.enumerated() {
      let event = Event(id: id("m-\(number)"), time: now, customer: Shop.customer, payload: payload)
      _ = program.process(event, origin: origin, customer: &customer, now: now)
    }
    for facet in FacetKind.allCases { _ = program.fire(facet, customer: &customer, now: now + .days(400)) }
    return customer.changes { $0 == kind ? bytes : nil }.allSatisfy { $0.bytes?.isEmpty != true }
  }

  private static let payloads: [Event.Payload] = (0..<4).flatMap { number -> [Event.Payload] in
    let order = "o-\(number)"
    return [
      .paid(order, total: 100_000, redeeming: 5), .refunded(order, 700),
      .scan(.exception, of: "p-0", order: order, eta: nil),
      .scan(.delivered, of: "p-0", order: order), .scan(.delivered, of: "p-1", order: order),
      .refunded(order, Int64.max),
      .cancelled(order),
    ]
  }

  @Test func aVersionOfTheFutureIsRefusedWithARemedy() throws {
    let sample = try #require(samples(1).first)
    for (kind, bytes) in sample {
      var future = bytes
      let present = kind.type.version
      future[0] = present + 1
      var customer = Customer(id: Shop.customer)
      let error = #expect(throws: FacetError.self) {
        try customer.load(.all) { $0 == kind ? future : nil }
      }
      #expect(
        error?.description
          == "facet \(kind) has version \(present + 1), this program reads up to \(present); run the newer program")
    }
    #expect(throws: FacetError.self) { try OrderBook.decode([0]) }
  }

  @Test func anUnknownCustomerIsStoredAsNothing() throws {
    #expect(SeenEvents().encoded() == nil)
    #expect(PointsAccount().encoded() == nil)
    #expect(OrderBook().encoded() == nil)
    #expect(try PointsAccount.decode(nil) == PointsAccount())
  }
}
