#ifndef PERDURA_TESTS_UNIT_FEDERATION_CHARTER_CHECK_FIXTURE_H_
#define PERDURA_TESTS_UNIT_FEDERATION_CHARTER_CHECK_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "federation/charter.h"
#include "tests/support/test_charter.h"

namespace perdura::federation {

// One valid charter; each case spoils one field.
class CharterCheckTest : public ::testing::Test {
 protected:
  v1::Charter charter = test_support::TestFederation::Make().charter;

  v1::Member& member(int index) { return *charter.mutable_members(index); }
  v1::Analyst& analyst() { return *charter.mutable_analysts(0); }
  v1::Strategy& strategy() { return *charter.mutable_strategies(0); }
  v1::Attribute& attribute(int index) { return *charter.mutable_attributes(index); }
  v1::DataCut& cut() { return *charter.mutable_data_cuts(0); }
  v1::Limits& limits() { return *charter.mutable_limits(); }
  v1::Committee& committee() { return *charter.mutable_committee(); }

  // With a budget of epsilon 5 beside that of rho.
  static v1::Charter WithFlagship() {
    return test_support::TestFederation::Make({.flagship_cap_units = uint64_t{5} << 40}).charter;
  }

  void AddCanary(uint32_t patients) {
    v1::Product& product = *charter.add_products();
    product.set_id("canary@1");
    product.set_product_class(v1::CANARY);
    product.set_planned_patients(patients);
  }
  v1::LifetimeCap& AddLifetimeCap() {
    v1::LifetimeCap& cap = *charter.add_lifetime_caps();
    cap.set_compartment(v1::COMPARTMENT_ADHOC);
    cap.set_product("allo-hct@1");
    cap.mutable_cap()->set_units(1);
    return cap;
  }
  void AddPlanned(const char* id, const char* plan) {
    v1::PlannedRelease& planned = *charter.add_planned_releases();
    planned.set_id(id);
    planned.set_plan(plan);
  }

  absl::Status Create() const { return Charter::Create(charter.SerializeAsString()).status(); }
};

}  // namespace perdura::federation

#endif  // PERDURA_TESTS_UNIT_FEDERATION_CHARTER_CHECK_FIXTURE_H_
