#include "tests/unit/charter_build/demo_draft.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "base/files.h"
#include "tests/support/test_charter.h"

namespace perdura::cli {

std::string DemoDraft(int number) {
  const auto text = base::ReadFile(
      absl::StrCat(PERDURA_SOURCE_DIR, "/deploy/charter-", number, ".txtpb"), 1 << 20);
  PERDURA_CHECK(text.ok());
  return *text;
}

std::string DemoDraftWith(int number, absl::string_view place, absl::string_view replacement) {
  std::string draft = DemoDraft(number);
  PERDURA_CHECK(absl::StrReplaceAll({{place, replacement}}, &draft) > 0);
  return draft;
}

std::vector<PartyCard> DemoCards() {
  std::vector<PartyCard> cards;
  for (const char* id :
       {"aggregator", "ohio", "alfred", "st-vincent", "hahnemann", "evidence-desk"}) {
    PartyCard& card = cards.emplace_back();
    card.id = id;
    card.sign_key = test_support::TestKey(id).public_key();
    card.tls_pin = test_support::TestTlsPin(id);
    card.log_key = test_support::TestKey(absl::StrCat(id, " log")).public_key();
    card.cosign_key = test_support::TestKey(absl::StrCat(id, " cosign")).public_key();
  }
  return cards;
}

FillOptions DemoOptions() {
  federation::AuthorityPin pin;
  pin.federation = "demo";
  pin.threshold = 2;
  for (const char* name : {"authority-1", "authority-2", "authority-3"}) {
    pin.keys.push_back(test_support::TestKey(name).public_key());
  }
  return {.pin = pin, .now = absl::FromCivil(absl::CivilDay(2026, 7, 1), absl::UTCTimeZone())};
}

std::shared_ptr<const federation::Charter> DemoCharterOne() {
  const auto filled = FillCharter(DemoDraft(1), DemoCards(), DemoOptions());
  PERDURA_CHECK(filled.ok());
  const auto charter = federation::Charter::Create(CharterPayload(*filled));
  PERDURA_CHECK(charter.ok());
  return *charter;
}

}  // namespace perdura::cli
