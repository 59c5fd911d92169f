import Foundation
import Kafka

/// The fields of an output that tests look at.
struct Published: Equatable {
  let record: OwnedRecord

  var id: String { header("ce_id") ?? "" }
  var type: String { header("ce_type") ?? "" }
  var customer: String { String(decoding: record.key ?? [], as: UTF8.self) }
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(record.value ?? []))) as? [String: Any] ?? [:]
  }
  var cause: [String: Any] { json["cause"] as? [String: Any] ?? [:] }

  func header(_ name: String) -> String? {
    record.headers.last { $0.nameText == name }?.value.map { String(decoding: $0, as: UTF8.self) }
  }
}
