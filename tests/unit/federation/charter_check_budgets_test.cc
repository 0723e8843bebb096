// The budgets of a charter and its limits.

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"
#include "tests/unit/federation/charter_check_fixture.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation {
namespace {

using test_support::TestFederation;

// ---- Budgets (CH6)

TEST_F(CharterCheckTest, UnsetProductsPerPatientFails) {
  charter.clear_products_per_patient();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "products_per_patient"));
}

// Nodes keep the list of products that a patient counts for.
TEST_F(CharterCheckTest, MoreProductsThanOnePatientMayCountForPass) {
  charter = TestFederation::Make({.products_per_patient = 2, .products = 3}).charter;
  ASSERT_EQ(charter.products_size(), 3);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, GuaranteeIsTheSumOfTheLargestCapsOnly) {
  charter = TestFederation::Make({.products_per_patient = 2, .products = 3}).charter;
  analyst().clear_caps();
  charter.clear_purpose_caps();
  for (int i = 0; i < 3; ++i) {
    charter.mutable_budgets(i)->mutable_cap()->set_units(static_cast<uint64_t>(100 * (i + 1)));
  }
  v1::Amount& amount = *charter.mutable_patient_guarantees(0)->mutable_amount();
  amount.set_units(500);
  EXPECT_OK(Create());
  amount.set_units(499);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "at least 500 units"));
}

TEST_F(CharterCheckTest, UnsetMostPatientsFails) {
  charter.clear_n_max();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "n_max"));
}

TEST_F(CharterCheckTest, UnsetDefaultChargeFails) {
  charter.clear_default_charge();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "default_charge"));
}

TEST_F(CharterCheckTest, DefaultChargeAboveTheCapPasses) {
  charter.mutable_default_charge()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, BudgetsOfBothCompartmentsAreAccepted) {
  charter = WithFlagship();
  ASSERT_EQ(charter.budgets_size(), 2);
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, FlagshipLineThatStandsTwiceFails) {
  charter = WithFlagship();
  *charter.add_budgets() = charter.budgets(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "stands twice"));
}

// Units of epsilon say nothing about units of rho.
TEST_F(CharterCheckTest, AnalystCapIsHeldAgainstItsOwnCompartment) {
  charter = WithFlagship();
  charter.mutable_budgets(0)->mutable_cap()->set_units(1000);
  analyst().mutable_caps(0)->mutable_cap()->set_units(1000);
  charter.mutable_purpose_caps(0)->mutable_cap()->set_units(1000);
  EXPECT_OK(Create());
  analyst().mutable_caps(1)->mutable_cap()->set_units(charter.budgets(1).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, FlagshipAnalystCapWithoutFlagshipBudgetFails) {
  charter = WithFlagship();
  charter.mutable_budgets()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, GuaranteeOfOneCompartmentDoesNotServeTheOther) {
  charter = WithFlagship();
  const uint64_t huge = uint64_t{1} << 57;
  charter.mutable_patient_guarantees(0)->mutable_amount()->set_units(huge);
  charter.mutable_patient_guarantees()->RemoveLast();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "COMPARTMENT_FLAGSHIP, period 2026"));
}

TEST_F(CharterCheckTest, FlagshipGuaranteeBelowItsCapFails) {
  charter = WithFlagship();
  charter.mutable_patient_guarantees(1)->mutable_amount()->set_units(
      charter.budgets(1).cap().units() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "COMPARTMENT_FLAGSHIP"));
}

TEST_F(CharterCheckTest, GuaranteeThatStandsTwiceFails) {
  charter = WithFlagship();
  *charter.add_patient_guarantees() = charter.patient_guarantees(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "each compartment and period once"));
}

TEST_F(CharterCheckTest, BudgetWithoutCompartmentFails) {
  charter.mutable_budgets(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment"));
}

TEST_F(CharterCheckTest, BudgetOfAnUnknownProductFails) {
  charter.mutable_budgets(0)->set_product("axi-cel@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "budgets.product"));
}

TEST_F(CharterCheckTest, BudgetLineThatStandsTwiceFails) {
  *charter.add_budgets() = charter.budgets(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "stands twice"));
}

TEST_F(CharterCheckTest, CapAbove2To58Fails) {
  charter.mutable_budgets(0)->mutable_cap()->set_units((uint64_t{1} << 58) + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "2^58"));
}

TEST_F(CharterCheckTest, AnalystCapAboveTheLineFails) {
  analyst().mutable_caps(0)->mutable_cap()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, AnalystCapAboveTheSmallestLineFails) {
  charter = TestFederation::Make({.products_per_patient = 2}).charter;
  charter.mutable_budgets(1)->mutable_cap()->set_units(1000);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "1000 units"));
}

TEST_F(CharterCheckTest, AnalystCapWithoutBudgetFails) {
  charter.clear_budgets();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, AnalystCapWithoutCompartmentFails) {
  analyst().mutable_caps(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment is unset"));
}

TEST_F(CharterCheckTest, TwoAnalystCapsOfOneCompartmentFail) {
  *analyst().add_caps() = analyst().caps(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "payer-desk.caps"));
}

TEST_F(CharterCheckTest, MissingPatientGuaranteeFails) {
  charter.clear_patient_guarantees();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PatientGuaranteeBelowTheTwoLargestCapsFails) {
  charter = TestFederation::Make({.products_per_patient = 2}).charter;
  v1::Amount& amount = *charter.mutable_patient_guarantees(0)->mutable_amount();
  amount.set_units(amount.units() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PatientGuaranteeOfAnotherPeriodFails) {
  charter.mutable_patient_guarantees(0)->set_period("2027");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "period 2026"));
}

TEST_F(CharterCheckTest, PatientGuaranteeWithoutCompartmentFails) {
  charter.mutable_patient_guarantees(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "patient_guarantees"));
}

TEST_F(CharterCheckTest, PurposeCapOfAnUnknownPurposeFails) {
  charter.mutable_purpose_caps(0)->set_purpose("marketing");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps marketing"));
}

TEST_F(CharterCheckTest, PurposeCapWithoutCompartmentFails) {
  charter.mutable_purpose_caps(0)->clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "compartment is unset"));
}

TEST_F(CharterCheckTest, PurposeCapAboveTheSmallestLineFails) {
  charter.mutable_purpose_caps(0)->mutable_cap()->set_units(charter.budgets(0).cap().units() + 1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps evidence: above"));
}

TEST_F(CharterCheckTest, PurposeCapWithoutBudgetOfItsCompartmentFails) {
  v1::PurposeCap& cap = *charter.add_purpose_caps();
  cap.set_purpose("evidence");
  cap.set_compartment(v1::COMPARTMENT_FLAGSHIP);
  EXPECT_OK(Create());
  cap.mutable_cap()->set_units(1);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "purpose_caps evidence"));
}

TEST_F(CharterCheckTest, TwoPurposeCapsOfOneCompartmentFail) {
  *charter.add_purpose_caps() = charter.purpose_caps(0);
  EXPECT_THAT(Create(), IsRefused("bad_budget", "one for each compartment"));
}

TEST_F(CharterCheckTest, LifetimeCapPasses) {
  AddLifetimeCap();
  EXPECT_OK(Create());
}

TEST_F(CharterCheckTest, LifetimeCapOfAnUnknownProductFails) {
  AddLifetimeCap().set_product("axi-cel@1");
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.product"));
}

TEST_F(CharterCheckTest, LifetimeCapWithoutCompartmentFails) {
  AddLifetimeCap().clear_compartment();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.compartment"));
}

// No line is no cap; a line that says nothing would be one of zero.
TEST_F(CharterCheckTest, LifetimeCapWithoutUnitsFails) {
  AddLifetimeCap().clear_cap();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps.cap"));
}

TEST_F(CharterCheckTest, TwoLifetimeCapsOfAProductFail) {
  AddLifetimeCap();
  AddLifetimeCap();
  EXPECT_THAT(Create(), IsRefused("bad_budget", "lifetime_caps: each"));
}

TEST_F(CharterCheckTest, PlannedReleaseWithoutVersionFails) {
  AddPlanned("year-one", "plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "planned_releases.id"));
}

TEST_F(CharterCheckTest, PlannedReleaseWithoutPlanFails) {
  AddPlanned("year-one@1", "");
  EXPECT_THAT(Create(), IsRefused("malformed", "year-one@1.plan"));
}

TEST_F(CharterCheckTest, PlannedReleaseThatStandsTwiceFails) {
  AddPlanned("year-one@1", "plan");
  AddPlanned("year-one@1", "another plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "stands twice"));
}

TEST_F(CharterCheckTest, PlanOfTwoPlannedReleasesFails) {
  AddPlanned("year-one@1", "plan");
  AddPlanned("year-two@1", "plan");
  EXPECT_THAT(Create(), IsRefused("malformed", "another id has it"));
}

// ---- Limits (CH6)

TEST_F(CharterCheckTest, UnsetRowsFail) {
  limits().clear_max_rows();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "max_rows"));
}

TEST_F(CharterCheckTest, RowsAbove4096Fail) {
  limits().set_max_rows(4097);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "max_rows"));
}

TEST_F(CharterCheckTest, UnsetDealSlotFails) {
  limits().clear_deal_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetUploadSlotFails) {
  limits().clear_upload_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetCollectSlotFails) {
  limits().clear_collect_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetCommitSlotFails) {
  limits().clear_commit_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetAnswerSlotFails) {
  limits().clear_answer_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, UnsetUploadDistanceFails) {
  limits().clear_w_ms();
  EXPECT_THAT(Create(), IsRefused("bad_timing", "must be set"));
}

TEST_F(CharterCheckTest, CollectingForLessThanTheUploadDistanceFails) {
  limits().set_collect_ms(limits().w_ms() - 1);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "collect_ms"));
}

TEST_F(CharterCheckTest, SkewThatReachesTheUploadFails) {
  limits().set_skew_ms(200);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "skew_ms"));
}

TEST_F(CharterCheckTest, SkewAboveTwoMinutesFails) {
  limits().set_skew_ms(120'001);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "2 minutes"));
}

TEST_F(CharterCheckTest, GraceThatReachesTheCommitFails) {
  limits().set_grace_ms(limits().commit_ms());
  EXPECT_THAT(Create(), IsRefused("bad_timing", "grace_ms"));
}

TEST_F(CharterCheckTest, SlotAbove7DaysFails) {
  limits().set_collect_ms(7u * 86'400'000 + 1);
  EXPECT_THAT(Create(), IsRefused("bad_timing", "7 days"));
}

}  // namespace
}  // namespace perdura::federation
