import Testing

@testable import Retention

@Suite("What is looked at") struct BrowsingTests {
  private func view(_ sku: String = "s-1", _ category: String = "yoga") -> View {
    View(sku: id(sku), category: id(category))
  }

  @Test func aStreakIsDaysInARow() {
    var browsing = Browsing()
    let views = [(view(), 10), (view(), 10), (view(), 11), (view("s-1", "pans"), 12), (view(), 13)] as [(View, Int64)]
    let streaks = views.map { browsing.note($0.0, on: LocalDay($0.1)) }
    #expect(streaks == [1, 1, 2, 1, 1])
  }

  @Test func aViewThatComesLateCountsForItsDayAndForNoStreak() {
    var browsing = Browsing()
    _ = browsing.note(view(), on: LocalDay(12))
    let late = browsing.note(view(), on: LocalDay(11))
    #expect(late == nil)
    #expect(browsing.views(from: LocalDay(11), through: LocalDay(11)) == 1)
    #expect(browsing.last == LocalDay(12))
  }

  @Test func viewsAreRememberedForSixtyDays() {
    var browsing = Browsing()
    for day in 1...100 as ClosedRange<Int64> { _ = browsing.note(view(), on: LocalDay(day)) }
    #expect(browsing.views(from: LocalDay(0), through: LocalDay(200)) == Browsing.memory)
    #expect(browsing.views(from: LocalDay(41), through: LocalDay(70)) == 30)
    _ = browsing.note(view(), on: LocalDay(40))
    #expect(browsing.days.count == Int(Browsing.memory))
  }

  @Test func theCategoryThatWasMetLongestAgoLeaves() {
    var browsing = Browsing()
    for number in 0..<Browsing.categoryCapacity {
      _ = browsing.note(view("s", "c-\(number)"), on: LocalDay(Int64(number)))
    }
    browsing.noteBought(id("c-0"), on: LocalDay(50))
    _ = browsing.note(view("s", "new"), on: LocalDay(60))
    let known = browsing.categories.map(\.category)
    #expect(known.count == Browsing.categoryCapacity && known.contains(id("c-0")) && !known.contains(id("c-1")))
  }

  @Test func theItemWithTheFewestViewsLeaves() throws {
    var browsing = Browsing()
    for number in 0..<Browsing.itemCapacity {
      for _ in 0...(number == 3 ? 0 : 1) { _ = browsing.note(view("s-\(number)"), on: LocalDay(1)) }
    }
    #expect(browsing.note(view("new"), on: LocalDay(1)) == 1)
    let items = browsing.items(of: id("yoga"))
    #expect(items.count == Browsing.itemCapacity && !items.contains { $0.sku == id("s-3") })
  }

  @Test func theItemsOfACategoryAreItsOwn() throws {
    var browsing = Browsing()
    for (sku, category, day) in [("s-1", "yoga", 1), ("s-2", "pans", 1), ("s-3", "yoga", 2), ("s-4", "pans", 9)] {
      _ = browsing.note(view(sku, category), on: LocalDay(Int64(day)))
    }
    #expect(browsing.items(of: id("yoga")).map(\.sku) == [id("s-1"), id("s-3")])
    // A gap: what was looked at before it is forgotten.
    #expect(browsing.items(of: id("pans")).map(\.sku) == [id("s-4")])
    #expect(browsing.items(of: id("shoes")).isEmpty)
    let read = try Browsing.decode(browsing.encoded())
    #expect(read == browsing && read.items(of: id("pans")).map(\.sku) == [id("s-4")])
    // Those of a category that leaves leave with it.
    for number in 1..<Browsing.categoryCapacity {
      _ = browsing.note(view("s-\(number)", "c-\(number)"), on: LocalDay(20))
    }
    #expect(browsing.items(of: id("yoga")).isEmpty && browsing.items(of: id("pans")).map(\.sku) == [id("s-4")])
    #expect(browsing.items(of: id("c-1")).map(\.sku) == [id("s-1")])
  }

  @Test func theLastEventsAreKnownAgain() {
    var browsing = Browsing()
    let events = (0..<Browsing.eventCapacity).map { "e-\($0)" } + ["e-0", "another", "e-0"]
    let isNew = events.map { browsing.take(id($0)) }
    #expect(isNew == [Bool](repeating: true, count: Browsing.eventCapacity) + [false, true, true])
  }

  @Test func categoriesOnlyBoughtAreNotLookedAt() {
    var browsing = Browsing()
    _ = browsing.note(view(), on: LocalDay(5))
    browsing.noteBought(id("pans"), on: LocalDay(6))
    #expect(browsing.categories(since: LocalDay(5)) == [id("yoga")])
    #expect(browsing.categories(since: LocalDay(6)).isEmpty)
  }

  @Test func whatWasWrittenIsReadAgain() throws {
    var browsing = Browsing()
    _ = browsing.take(id("e-1"))
    _ = browsing.note(View(sku: id("s-1"), name: "Mat", category: id("yoga")), on: LocalDay(5))
    browsing.noteBought(id("pans"), on: LocalDay(6))
    browsing.noteOffer(of: id("yoga"), on: LocalDay(7))
    #expect(try Browsing.decode(browsing.encoded()) == browsing)
  }
}
