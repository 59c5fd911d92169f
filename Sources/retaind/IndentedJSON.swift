import Foundation
import Retention

/// JSON for people to read: indented, members by name.
func indented(_ value: some JSONWritable) throws -> String {
  var json = JSONWriter()
  json.value(value)
  let tree = try JSONSerialization.jsonObject(with: Data(json.bytes), options: .fragmentsAllowed)
  let text = try JSONSerialization.data(
    withJSONObject: tree, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
  return String(decoding: text, as: UTF8.self)
}
