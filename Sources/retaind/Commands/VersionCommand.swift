import Engine
import Operations

/// `retaind version`
enum VersionCommand {
  static let spec = CommandSpec(name: "version", summary: "print the version")

  static func run(_ arguments: Arguments) { print("retaind \(programVersion)") }
}
