import Testing

@testable import Retention

@Suite("Profiles") struct ProfileTests {
  private let noon = at("2026-11-22T12:00:00+08:00")

  private func profile(_ updates: [(Instant, (inout ProfileUpdate) -> Void)]) -> Profile {
    var profile = Profile()
    for (time, tell) in updates {
      var update = ProfileUpdate()
      tell(&update)
      profile.take(update, at: time)
    }
    return profile
  }

  @Test func ofEachFieldTheValueThatWasToldLastCountsHoweverTheEventsCome() {
    let first = (noon, { (update: inout ProfileUpdate) in (update.salutation, update.locale) = ("米粒的主人", "zh-Hans") })
    let second = (noon + .hours(1), { (update: inout ProfileUpdate) in update.salutation = "Mia's mum" })
    for profile in [profile([first, second]), profile([second, first])] {
      #expect(profile.salutation?.value == "Mia's mum")
      #expect(profile.locale?.value == "zh-Hans")
      #expect(profile.timeZone == nil)
    }
  }

  @Test func ofTwoEventsOfOneInstantTheOneThatCameLastCounts() {
    let profile = profile([(noon, { $0.displayName = "a" }), (noon, { $0.displayName = "b" })])
    #expect(profile.displayName?.value == "b")
  }

  @Test func eachChannelAndMarketingAreAnsweredByThemselves() {
    var (first, second) = (ConsentUpdate(), ConsentUpdate())
    (first.push, first.marketing) = (true, false)
    (second.push, second.phone) = (false, true)
    let profile = profile([(noon, { $0.consent = first }), (noon + .hours(1), { $0.consent = second })])
    #expect(profile.consent(to: .push) == false)
    #expect(profile.consent(to: .phone) == true)
    #expect(profile.consent(to: .email) == nil)
    #expect(profile.marketingConsent == false)
  }

  @Test func itComesBackFromItsStoredForm() throws {
    var consent = ConsentUpdate()
    (consent.sms, consent.wechat, consent.marketing) = (false, true, true)
    let full = profile([
      (
        noon,
        {
          $0 = ProfileUpdate(); $0.displayName = "Li"; $0.salutation = "李女士"; $0.locale = "en-GB"
        }
      ),
      (
        noon + .hours(1),
        {
          $0.timeZone = "Europe/Berlin"; $0.birthday = Birthday(month: 2, day: 29)
        }
      ),
      (
        noon + .hours(2),
        {
          $0.quietHours = QuietHours(start: 1_320, end: 480); $0.consent = consent
        }
      ),
    ])
    #expect(try Profile.decode(full.encoded()) == full)
    #expect(Profile().encoded() == nil)
  }
}
