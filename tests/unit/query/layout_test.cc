#include "query/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/reason.h"
#include "federation/envelope.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::query {
namespace {

using ::perdura::test_support::TestFederation;
using ::perdura::test_support::TestOptions;
using ::testing::ElementsAre;

class LayoutTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const federation::Charter> Load(const v1::Charter& charter) {
    const auto loaded = federation::Charter::Create(charter.SerializeAsString());
    EXPECT_OK(loaded);
    return *loaded;
  }

  static absl::StatusOr<Layout> Make(const federation::Charter& charter,
                                     const std::string& group_by,
                                     const std::string& endpoint = "disease-free-survival",
                                     uint64_t units = 0) {
    PlanRequest request;
    request.endpoint = endpoint;
    request.grid = "g8";
    request.group_by = group_by;
    request.charge_units = units;
    const auto plan = Plan::Build(request, charter);
    if (!plan.ok()) return plan.status();
    return Layout::Create(*plan, charter);
  }

  const std::shared_ptr<const federation::Charter> charter_ = Load(TestFederation::Make().charter);
};

// Sensitivities and hash are those of dp_golden.csv: curative, g8, two causes.
TEST_F(LayoutTest, TextNamesWhatFixesTheRows) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "disease"));
  EXPECT_EQ(layout.text(),
            "perdura-layout/1 cap=1 causes=2 entry=no grid=1,3,6,9,12,24,36,60 "
            "groups=disease:all,aml-high,aml-low,unknown kind=event l1=776 l2_squared=65805 "
            "matrix=e7cd1c33c5a0ebb41d92d039f581294ef8128ed59f7ee52e696ccb29991ebd3f names=none "
            "nodes_per_patient=1 not_evaluable=256 rows=100");
  EXPECT_EQ(layout.hash(), federation::PayloadId(layout.text()));
}

TEST_F(LayoutTest, HashDependsOnTableNotOnCharge) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, ""));
  ASSERT_OK_AND_ASSIGN(const Layout dearer,
                       Make(*charter_, "", "disease-free-survival", 200'000'000'000));
  ASSERT_OK_AND_ASSIGN(const Layout grouped, Make(*charter_, "sex"));
  ASSERT_OK_AND_ASSIGN(const Layout one_cause, Make(*charter_, "", "overall-survival"));
  EXPECT_EQ(layout.hash(), dearer.hash());
  EXPECT_NE(layout.hash(), grouped.hash());
  EXPECT_NE(layout.hash(), one_cause.hash());
}

TEST_F(LayoutTest, SizesFollowGroupsCausesAndBins) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "disease"));
  EXPECT_THAT(layout.groups(), ElementsAre("all", "aml-high", "aml-low", "unknown"));
  EXPECT_EQ(layout.bins(), 8);
  EXPECT_EQ(layout.causes(), 2);
  EXPECT_EQ(layout.cells(), 4 * 25);
  EXPECT_EQ(layout.rows_per_group(), 25);
  EXPECT_EQ(layout.rows(), 4 * 25);
  EXPECT_EQ(layout.patient_bound(), 256u);
}

TEST_F(LayoutTest, NoGroupingIsOneNamelessGroup) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "", "overall-survival"));
  EXPECT_THAT(layout.groups(), ElementsAre(""));
  EXPECT_EQ(layout.cells(), 17);
}

// Group, then cause 1, cause 2, censored, each by bin; not_evaluable last.
TEST_F(LayoutTest, OrderIsGroupCauseBin) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "disease"));
  int expected = 0;
  for (int group = 0; group < 4; ++group) {
    for (const int cause : {1, 2, 0}) {
      for (int bin = 0; bin < 8; ++bin) {
        EXPECT_EQ(layout.CellOf(group, bin, cause), expected++);
      }
    }
    EXPECT_EQ(layout.NotEvaluableCell(group), expected++);
  }
  EXPECT_EQ(expected, layout.cells());
}

TEST_F(LayoutTest, OnePatientAddsOneColumnToItsGroup) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "disease"));
  std::vector<int64_t> cells(100, 0);
  cells[static_cast<size_t>(layout.CellOf(1, 3, 2))] = 1;
  const std::vector<int64_t> rows = layout.Measure(cells);
  ASSERT_EQ(rows.size(), 100u);
  for (int row = 0; row < 100; ++row) {
    const int in_group = row - 25;
    const int64_t expected =
        in_group >= 0 && in_group < 24 ? layout.shape().exit->at(in_group, 8 + 3) : 0;
    EXPECT_EQ(rows[static_cast<size_t>(row)], expected) << row;
  }
}

TEST_F(LayoutTest, NotEvaluableHasARowOfItsOwn) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*charter_, "disease"));
  std::vector<int64_t> cells(100, 0);
  cells[static_cast<size_t>(layout.NotEvaluableCell(2))] = 3;
  const std::vector<int64_t> rows = layout.Measure(cells);
  for (size_t row = 0; row < rows.size(); ++row) EXPECT_EQ(rows[row], row == 74 ? 768 : 0);
}

TEST_F(LayoutTest, SensitivityCountsEveryNodeOfAPatient) {
  const auto twice = Load(TestFederation::Make(TestOptions{.nodes_per_patient = 2}).charter);
  ASSERT_OK_AND_ASSIGN(const Layout once, Make(*charter_, ""));
  ASSERT_OK_AND_ASSIGN(const Layout layout, Make(*twice, ""));
  EXPECT_EQ(once.l2_squared(), 65805u);
  EXPECT_EQ(once.l1(), 776u);
  EXPECT_EQ(layout.l2_squared(), 4 * 65805u);
  EXPECT_EQ(layout.l1(), 2 * 776u);
  EXPECT_NE(layout.hash(), once.hash());
}

class FlatLayoutTest : public LayoutTest {
 protected:
  static absl::StatusOr<Layout> MakeFlat(const federation::Charter& charter,
                                         const std::string& group_by) {
    PlanRequest request;
    request.endpoint = "disease-free-survival";
    request.grid = "g8";
    request.group_by = group_by;
    request.compartment = v1::COMPARTMENT_FLAGSHIP;
    request.charge_units = uint64_t{1} << 40;
    const auto plan = Plan::Build(request, charter);
    if (!plan.ok()) return plan.status();
    return Layout::Create(*plan, charter);
  }
};

// The strategy's hash by sha256sum over u16be 24, u16be 24 and the entries of the identity.
TEST_F(FlatLayoutTest, TextNamesTheIdentity) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, MakeFlat(*charter_, "disease"));
  EXPECT_EQ(layout.text(),
            "perdura-layout/1 cap=1 causes=2 entry=no grid=1,3,6,9,12,24,36,60 "
            "groups=disease:all,aml-high,aml-low,unknown kind=event l1=1 l2_squared=1 "
            "matrix=cab0c2c2af04b524c99df131b9269f501340ad6fda6fc8f3b107652525ae456a names=none "
            "nodes_per_patient=1 not_evaluable=1 rows=100");
  EXPECT_TRUE(layout.flat());
  EXPECT_EQ(layout.patient_bound(), 1u);
}

TEST_F(FlatLayoutTest, RowsAreTheCells) {
  ASSERT_OK_AND_ASSIGN(const Layout layout, MakeFlat(*charter_, "disease"));
  std::vector<int64_t> cells;
  for (int cell = 0; cell < layout.cells(); ++cell) cells.push_back(3 * cell + 1);
  EXPECT_EQ(layout.Measure(cells), cells);
}

TEST_F(FlatLayoutTest, SensitivityCountsEveryNodeOfAPatient) {
  const auto twice = Load(TestFederation::Make(TestOptions{.nodes_per_patient = 2}).charter);
  ASSERT_OK_AND_ASSIGN(const Layout layout, MakeFlat(*twice, ""));
  EXPECT_EQ(layout.l1(), 2u);
  EXPECT_EQ(layout.l2_squared(), 4u);
  EXPECT_EQ(layout.patient_bound(), 1u);
}

TEST_F(FlatLayoutTest, TooManyRowsAreRefused) {
  v1::Charter charter = TestFederation::Make().charter;
  charter.mutable_limits()->set_max_rows(99);
  EXPECT_EQ(base::ReasonOf(MakeFlat(*Load(charter), "disease").status()), "layout_mismatch");
}

TEST_F(LayoutTest, TooManyRowsAreRefused) {
  v1::Charter charter = TestFederation::Make().charter;
  charter.mutable_limits()->set_max_rows(99);
  const auto small = Load(charter);
  EXPECT_EQ(base::ReasonOf(Make(*small, "disease").status()), "layout_mismatch");
  EXPECT_OK(Make(*small, "sex"));
}

}  // namespace
}  // namespace perdura::query
