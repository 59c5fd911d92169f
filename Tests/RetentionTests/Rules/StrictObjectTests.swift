import Testing

@testable import Retention

@Suite("Strict objects") struct StrictObjectTests {
  private func object(_ text: String, path: String = "") throws -> StrictObject {
    try StrictObject(ConfigurationValue(json5: Array(text.utf8)), path: path)
  }

  @Test func json5HasAllKindsOfValues() throws {
    let text = "{a: null, 'b': true, \"c\": -1.5e1, d: 'x', /* here */ e: [1, +2, 0x10,], f: {},} // end"
    #expect(
      try ConfigurationValue(json5: Array(text.utf8))
        == .object([
          "a": .null, "b": .bool(true), "c": .number(-15), "d": .text("x"),
          "e": .list([.number(1), .number(2), .number(16)]), "f": .object([:]),
        ]))
  }

  @Test func oneAndZeroAreNumbersAndNotBooleans() throws {
    #expect(try ConfigurationValue(json5: Array("[0, 1]".utf8)) == .list([.number(0), .number(1)]))
  }

  @Test func pathsOfNestedObjectsAreJoined() throws {
    var outer = try object("{inner: {x: 'no'}}", path: "outer")
    var inner = try #require(try outer.object("inner"))
    let error = #expect(throws: ConfigurationError.self) { try inner.integer("x", in: 0...1) }
    #expect(error?.path == "outer.inner.x")
    #expect(error?.description == "outer.inner.x: is a string, a whole number is needed")
  }

  @Test func aScalarIsPassedOnAsText() throws {
    var fields = try object("{a: 'x', b: true, c: 42, d: 1.5, e: [], g: 1e300}")
    #expect(try fields.scalar("a") == "x")
    #expect(try fields.scalar("b") == "true")
    #expect(try fields.scalar("c") == "42")
    #expect(try fields.scalar("d") == "1.5")
    #expect(try fields.scalar("g") == "1e+300")
    let wrong = #expect(throws: ConfigurationError.self) { try fields.scalar("e") }
    #expect(wrong?.problem == "is a list, a string, a number or a Boolean is needed")
    let missing = #expect(throws: ConfigurationError.self) { try fields.scalar("f") }
    #expect(missing?.problem == "is missing, a string, a number or a Boolean is needed")
  }

  @Test func aWholeNumberBeyond64BitsIsRefused() throws {
    var fields = try object("{a: 1e19}")
    let error = #expect(throws: ConfigurationError.self) { try fields.integer("a", in: 0...Int64.max) }
    #expect(error?.path == "a")
  }

  @Test func aFieldThatWasAskedForIsKnownAlsoWhenItIsMissing() throws {
    var fields = try object("{}")
    #expect(try fields.text("a") == nil)
    #expect(try fields.list("b") == nil)
    #expect(try fields.object("c") == nil)
    #expect(try fields.number("d") == nil)
    try fields.finish()
    #expect(fields.names.isEmpty)
  }

  @Test func ofSeveralUnknownFieldsTheFirstByNameIsReported() throws {
    let fields = try object("{zeta: 1, alpha: 2}")
    let error = #expect(throws: ConfigurationError.self) { try fields.finish() }
    #expect(error?.path == "alpha")
  }
}
