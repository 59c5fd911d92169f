import Glibc

/// What libFuzzer calls for every input. One executable holds all targets, because most of the time to build it goes into
/// the instrumented modules that they share; `RETAIND_FUZZ_TARGET` chooses one.
@_cdecl("LLVMFuzzerTestOneInput")
public func runOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

private let targets: [any FuzzTarget.Type] = [
  ChangelogTarget.self, CheckpointTarget.self, ConfigurationTarget.self, EventDecoderTarget.self, FacetsTarget.self,
  ForwardingTarget.self, HistoryTarget.self, JSONReaderTarget.self, RulesTarget.self, WordingTarget.self,
]

private let target: any FuzzTarget = {
  let name = getenv("RETAIND_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let chosen = targets.first(where: { $0.name == name }) else {
    fatalError("RETAIND_FUZZ_TARGET is \"\(name)\", it must be one of \(targets.map { $0.name })")
  }
  return chosen.init()
}()
