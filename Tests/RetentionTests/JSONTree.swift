import Foundation
import Retention

/// A whole JSON value, to compare what two readers make of a text. Strings are bytes: Swift's `==` would equate
/// different ones.
indirect enum JSONTree: Equatable {
  case object([[UInt8]: JSONTree])
  case array([JSONTree])
  case string([UInt8])
  case integer(Int64)
  /// A number that is no integer of 64 bits.
  case number
  case bool(Bool)
  case null

  /// The value of a text by our reader.
  static func read(_ text: [UInt8]) throws(JSONError) -> JSONTree {
    var reader = JSONReader(text.span)
    let tree = try read(&reader)
    try reader.finish()
    return tree
  }

  @_lifetime(reader: copy reader)
  private static func read(_ reader: inout JSONReader) throws(JSONError) -> JSONTree {
    switch try reader.peek() {
    case .object: return try readObject(&reader)
    case .array:
      var elements: [JSONTree] = []
      try reader.beginArray()
      while try reader.nextElement() { elements.append(try read(&reader)) }
      return .array(elements)
    case .string: return .string(try reader.readString().utf8)
    case .number: return try readNumber(&reader)
    case .bool: return .bool(try reader.readBool())
    case .null:
      let isNull = try reader.readNull()
      return isNull ? .null : .number
    }
  }

  @_lifetime(reader: copy reader)
  private static func readObject(_ reader: inout JSONReader) throws(JSONError) -> JSONTree {
    var members: [[UInt8]: JSONTree] = [:]
    try reader.beginObject()
    while let name = try reader.nextMember() {
      let name = name.utf8
      members[name] = try read(&reader)
    }
    return .object(members)
  }

  @_lifetime(reader: copy reader)
  private static func readNumber(_ reader: inout JSONReader) throws(JSONError) -> JSONTree {
    var attempt = reader
    do throws(JSONError) {
      let integer = try attempt.readInteger()
      reader = attempt
      return .integer(integer)
    } catch {
      guard error.concernsMeaning else { throw error }
      try reader.skipValue()
      return .number
    }
  }

  /// The value of a text by Foundation; nil when Foundation refuses it.
  init?(foundation text: [UInt8]) {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text), options: [.fragmentsAllowed]) else {
      return nil
    }
    self.init(value)
  }

  private init?(_ value: Any) {
    switch value {
    case let members as [String: Any]:
      let pairs = members.map { (Array($0.key.utf8), JSONTree($0.value)) }
      self = .object(Dictionary(uniqueKeysWithValues: pairs).compactMapValues { $0 })
    case let elements as [Any]: self = .array(elements.compactMap { JSONTree($0) })
    case let string as String: self = .string(Array(string.utf8))
    case let number as NSNumber where String(cString: number.objCType) == "c": self = .bool(number.boolValue)
    case let number as NSNumber: self = JSONTree(number)
    case is NSNull: self = .null
    default: return nil
    }
  }

  private init(_ number: NSNumber) {
    // By its decimal digits: `decimalValue` takes integers through a Double and loses the last ones.
    let value = Decimal(string: number.stringValue)
    let integer = value.map { NSDecimalNumber(decimal: $0).int64Value }
    if let integer, Decimal(integer) == value { self = .integer(integer) } else { self = .number }
  }
}
