@testable import Retention

/// Any record, its headers and its value. What is accepted is digested: taken by a customer, stored, published, and its
/// timers fired; taken again it changes nothing. What is refused is refused with a message that shows nothing of the
/// record: the corpus spells customer data with `secret`, which must not turn up in it.
struct EventDecoderTarget: FuzzTarget {
  static let name = "event-decoder"
  private let secret = Array("zqjxkv".utf8)

  func run(_ bytes: [UInt8]) {
    let record = Document(bytes)
    let headers = record.lines.map { MessageHeader(name: $0.name, value: $0.value) }
    let decoded: Decoded
    do throws(Reject) {
      decoded = try Present.program.decode(value: record.body.span, headers: headers, now: Present.instant)
    } catch {
      require(!error.message.isEmpty, "\(error.code) without a message")
      require(!Array(error.message.utf8).contains(secret), "the message shows data: \(error.message)")
      return
    }
    switch decoded {
    case .ignored(let type): require(type.utf8.count <= 128 && !type.isEmpty, "ignored a type \"\(type)\"")
    case .event(let event): digest(event)
    }
  }

  private func digest(_ event: Event) {
    require(event.time <= Present.instant + Present.decoder.maxFutureSkew, "it lies ahead: \(event.time.rfc3339)")
    var customer = StoredCustomer(event.customer, Present.program, now: Present.instant)
    customer.take(event, origin: Present.origin)
    let stored = customer.stored
    let published = customer.published
    customer.take(event, origin: Present.origin)
    require(customer.stored == stored && customer.published == published, "an event taken twice counts twice")
    customer.advance(to: Present.instant + .days(400))
  }
}
