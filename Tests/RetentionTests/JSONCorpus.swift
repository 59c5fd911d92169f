/// JSON texts, good and bad, hand-made and generated; each is judged by our reader and by Foundation's.
enum JSONCorpus {
  /// Every text once, as bytes.
  static let all: [[UInt8]] = {
    var seen: Set<[UInt8]> = []
    let texts = (structures + literals + numbers + escapes + surrogates + rich).map { Array($0.utf8) }
    return (texts + controls + encodings + truncations + nesting).filter { seen.insert($0).inserted }
  }()

  /// Objects, arrays, whitespace, and what surrounds a value.
  static let structures = [
    "", " ", "\n", "{}", "[]", " {} ", "\t[\r\n]\n", "{", "}", "[", "]", "[]]", "{}}", "[[]", "{{}}", "[}", "{]", ",",
    ":",
    "[,]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1,2]", "[1;2]", "[ 1 , 2 ]", "[[],[]]", "[{},[{}]]", "[1,[2,[3]]]",
    #"{"a":1}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1,,"b":2}"#, #"{"a":1 "b":2}"#, #"{"a" 1}"#, #"{"a"}"#, #"{"a":}"#,
    #"{:1}"#, #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{null:1}"#, #"{"a"::1}"#, #"{"a":1:2}"#, #"{"a":1,"a":2}"#,
    #"{"a":{"a":{"a":[]}}}"#, #"{"":1}"#, #"{"a":1}{"b":2}"#, "1 2", "{}[]", "{} x", "[]//", "/**/[]", "[1/**/]", "#[]",
    "[1]\u{0}", "\u{0}[1]", "[\u{A0}1]", "[\u{2028}1]", "\u{B}[]", "\u{C}[]", "[1]\u{C}", "\u{85}[]", "{\"a\" : \n 1 }",
    #"["a"#, #"["a""#, #"["a","#, #"{"a"#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,"b"#, #""""#, #"""#, #""a"#,
    #"'a'"#,
    #""a" "b""#, #"["a"b]"#, "[\"a\nb\"]", "undefined", "[undefined]", "()", "<a/>", "{\"a\":[1,{\"b\":[true,null]}]}",
  ]

  /// `true`, `false`, `null` and what resembles them.
  static let literals = [
    "true", "false", "null", "[true,false,null]", "tru", "truee", "True", "TRUE", "t", "fals", "falsee", "False", "f",
    "nul",
    "nulll", "Null", "NULL", "n", "nil", "[tru]", "[true false]", "truefalse", "[nullnull]", "true,", "{\"a\":tru}",
    "NaN", "Infinity", "-Infinity", "[NaN]", "[Infinity]", "[-Infinity]", "inf", "nan",
  ]

  /// Numbers by the grammar and beside it.
  static let numbers = [
    "0", "-0", "1", "-1", "9", "10", "123456789", "00", "01", "-01", "-00", "000", "+1", "+", "-", "--1", "-+1", "1-",
    "1+1",
    "0.0", "-0.0", "0.1", "1.5", "1.", ".5", "-.5", "1..5", "1.5.5", "1.-5", "1,5", "1_000", "1'000", "1 000", "0x10",
    "0b1",
    "0o7", "1e", "1e+", "1e-", "1e5", "1E5", "1e+5", "1e-5", "1e05", "1e-05", "1.5e3", "1.e3", ".e3", "e3", "1e3.5",
    "1ee3",
    "1e3e3", "1e 3", "1 e3", "- 1", "0e0", "0e5", "0E-5", "00e5", "1e0", "-1e2", "12e1", "1.0", "1.00", "-1.0",
    "100e-2",
    "1234.5e2", "9007199254740993", "9223372036854775807", "-9223372036854775808", "2147483648", "4294967296",
    "1.7976931348623157e308", "5e-324", "3.141592653589793", "1f", "1l", "1n", "1a", "0a", "0-", "0+", "1e1a", "１", "٣",
    "[1]", "[-]", "[1.]", "[01]", "[1e]", "[0x1]", "[-1.5e-7]", "{\"a\":-}", "{\"a\":01}", "{\"a\":1.}",
    "{\"a\":-0.0e-0}",
  ]

  /// Each ASCII character behind a backslash, and `\u` with good and bad digits.
  static let escapes: [String] =
    (0x20..<0x7F).map { "\"\\" + String(UnicodeScalar(UInt8($0))) + "\"" }
    + [
      #""\u0041""#, #""\u00e9""#, #""\u00E9""#, #""\uFFFF""#, #""\ufffe""#, #""\u0000""#, #""\u001f""#,
      #""\u20ac\u4e2d""#,
      #""\u""#, #""\u0""#, #""\u00""#, #""\u004""#, #""\u004g""#, #""\u 041""#, #""\u+041""#, #""\u-041""#,
      #""\U0041""#,
      #""\x41""#, #""\u{41}""#, #""\u00411""#, #""\\u0041""#, #""\\\u0041""#, #""\\""#, #""\\\""#, #""\\\\""#,
      #""\"\"""#,
      #""\"#, #""\u"#, #""\u00"#, #""\u0041"#, #""a\nb\tc\rd\be\ff\/g""#, #"{"\u0061":1}"#, #"{"\n":1}"#, #"{"\x":1}"#,
      #"["\u0041","\u0042"]"#, #""\u0041\n\u0042""#, #""中\u6587""#, #""\u4e2d文""#, #""\0""#, "\"\\\n\"", "\"\\\u{E9}\"",
    ]

  /// Every pair of a high half, a low half, an ordinary unit and none, at the edges of their ranges.
  static let surrogates: [String] = {
    let units = ["", #"\ud800"#, #"\uDBFF"#, #"\udc00"#, #"\uDFFF"#, #"\ud7ff"#, #"\ue000"#, "x", #"\n"#]
    let pairs = units.flatMap { first in units.map { "\"\(first)\($0)\"" } }
    return pairs + [
      #""\ud83d\ude00""#, #""a\ud83d\ude00b""#, #""\ud83d \ude00""#, #""\ud83d\u""#, #""\ud83d\ude0""#, #""\ud83d"#,
    ]
      + [
        #"{"\ud83d":1}"#, #"{"\ud83d\ude00":1}"#, #"["\ude00\ud83d"]"#, #""\ud83d\ud83d\ude00""#,
        #""\ud83d\ude00\ude00""#,
      ]
  }()

  /// A text with a bit of everything.
  static let rich = [
    """
    { "id" : "e-1", "ok" : true, "no" : false, "nil" : null, "n" : [ 0, -1, 1.5, 1e3, -2.5E-3 ],
      "s" : "a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 牛肉 é 😀", "o" : { "a" : { }, "b" : [ [ ], { } ] } }
    """
  ]
}

extension JSONCorpus {
  /// Every control character, and DEL, unescaped in a string.
  static let controls: [[UInt8]] = {
    let characters: [UInt8] = Array(0...0x1F) + [0x7F]
    return characters.map { quoted([$0]) } + characters.map { quoted([0x61, $0, 0x62]) }
  }()

  /// Sequences at every edge of UTF-8, as a string, within one, and as a name.
  static let encodings: [[UInt8]] = {
    let sequences: [[UInt8]] = [
      [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE1, 0x80, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x9F, 0xBF],
      [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF],
      [0xF4, 0x8F, 0xBF, 0xBF],
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2, 0x80], [0xE0, 0x9F, 0xBF],
      [0xE0, 0x80],
      [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xE1, 0x41, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
      [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF0, 0x90], [0xF0], [0xF1, 0x80, 0x80, 0x41],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF],
      [0x80, 0x80],
    ]
    let name: [UInt8] = Array("{\"".utf8)
    let end: [UInt8] = Array("\":0}".utf8)
    let bare: [[UInt8]] = [[0xC3, 0xA9], [0x5B, 0xC3, 0xA9, 0x5D], [0x5B, 0xFF, 0x5D]]
    let within = sequences.map { sequence in quoted([0x61, 0x62] + sequence + [0x63]) }
    return sequences.map(quoted) + within + sequences.map { name + $0 + end } + bare
  }()

  /// `rich`, cut off at every byte.
  static let truncations: [[UInt8]] = rich.flatMap { text in
    let bytes = Array(text.utf8)
    return (0..<bytes.count).map { Array(bytes.prefix($0)) }
  }

  /// Containers inside one another, as deep as both readers go.
  static let nesting: [[UInt8]] = [1, 2, 10, 32, 63, 64].flatMap { depth in
    [arrays(depth, closed: depth), objects(depth), arrays(depth, closed: depth - 1), arrays(depth, closed: depth + 1)]
  }

  /// Arrays inside one another, with a number of closing brackets.
  static func arrays(_ depth: Int, closed: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: closed)
  }

  /// Objects inside one another.
  static func objects(_ depth: Int) -> [UInt8] {
    let opening = String(repeating: "{\"a\":", count: depth)
    return Array((opening + "1" + String(repeating: "}", count: depth)).utf8)
  }

  /// Strings of every length up to 24 with something special at every place: strings are scanned eight bytes at a time.
  static let alignments: [[UInt8]] = {
    let specials: [[UInt8]] = [
      [0x5C, 0x6E], [0x5C, 0x78], [0x1F], [0x20], [0x7F], [0xC3, 0xA9], [0xFF], [0x22, 0x2C, 0x22],
    ]
    var texts: [[UInt8]] = []
    for length in 0...24 {
      for place in 0...length {
        let before = [UInt8](repeating: 0x61, count: place)
        let after = [UInt8](repeating: 0x7E, count: length - place)
        texts += specials.map { [0x5B] + quoted(before + $0 + after) + [0x5D] }
      }
    }
    return texts
  }()

  private static func quoted(_ bytes: [UInt8]) -> [UInt8] { [0x22] + bytes + [0x22] }
}
