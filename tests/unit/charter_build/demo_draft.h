#ifndef PERDURA_TESTS_UNIT_CHARTER_BUILD_DEMO_DRAFT_H_
#define PERDURA_TESTS_UNIT_CHARTER_BUILD_DEMO_DRAFT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/charter/fill_charter.h"
#include "cli/charter/party_card.h"
#include "federation/charter.h"

namespace perdura::cli {

// deploy/charter-<number>.txtpb, the drafts that users meet first.
std::string DemoDraft(int number);

// The draft with one place of it replaced; a place that is not there ends the test run.
std::string DemoDraftWith(int number, absl::string_view place, absl::string_view replacement);

// Cards of aggregator, four hospitals and evidence-desk, with keys from public seeds.
std::vector<PartyCard> DemoCards();

// Pin of federation "demo" and 2026-07-01.
FillOptions DemoOptions();

// What a party would load after charter 1 was signed.
std::shared_ptr<const federation::Charter> DemoCharterOne();

}  // namespace perdura::cli

#endif  // PERDURA_TESTS_UNIT_CHARTER_BUILD_DEMO_DRAFT_H_
