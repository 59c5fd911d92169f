/// An argument of a command that is known by its place.
struct PositionalSpec: Sendable, Equatable {
  /// What stands for it in the help, such as `ID`; the command asks for it by this name.
  let name: String
  /// What it is, in a few words.
  let summary: String
  /// Whether the command cannot do without.
  let isRequired: Bool

  /// An argument that must be there.
  static func required(_ name: String, _ summary: String) -> PositionalSpec {
    PositionalSpec(name: name, summary: summary, isRequired: true)
  }

  /// An argument that may be there; only others like it may follow.
  static func optional(_ name: String, _ summary: String) -> PositionalSpec {
    PositionalSpec(name: name, summary: summary, isRequired: false)
  }

  /// How it is written: `ID` or `[ID]`.
  var usage: String { isRequired ? name : "[\(name)]" }
}
