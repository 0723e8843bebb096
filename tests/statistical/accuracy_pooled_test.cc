// With a charge so large that the noise is near its floor, the curve of the four hospitals is that
// of their pooled patients: splitting, sealing, summing and decoding lose nothing. On the real
// transplants of four hospitals (Klein, Moeschberger, section 1.3) where they are, and on made-up
// patients.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/bench/accuracy_cohort.h"
#include "tests/bench/accuracy_federation.h"
#include "tests/support/shared_data.h"

namespace perdura::bench {
namespace {

constexpr double kAsThePooledCurve = 1e-3;
// v = ceil(l2_squared 2^39 / (2 u)) + 1 is then 9, the least that the planner offers: sd 5.2 on a
// row from three dealers, where a patient is 256. On 137 patients that is an sd of up to 3e-4 in S,
// so that about one seed in a hundred would pass the limit at some knot; the seed is fixed.
constexpr uint64_t kLeastVariance = 9;
constexpr uint64_t kHugeCharge = uint64_t{67000} << 35;
constexpr uint64_t kSeed = 20260701;
constexpr int kMadeUp = 1000;

// Both endpoints of the same patients.
struct TwoEndpoints {
  std::vector<Patient> survival;
  std::vector<Patient> disease_free;
};

int64_t Whole(absl::string_view text) {
  int64_t value = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &value)) << text;
  return value;
}

// Columns: group t1 t2 d1 d2 d3 ta da tc dc tp dp z1 ... z10. t1, d1: death; t2: relapse (d2),
// death or the end; d3: either; z9: hospital, 1 to 4.
TwoEndpoints ReadBmt(const std::string& path) {
  std::ifstream file(path);
  TwoEndpoints patients;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() != 22) continue;
    const int hospital = static_cast<int>(Whole(fields[20])) - 1;
    patients.survival.push_back({Whole(fields[1]), static_cast<int>(Whole(fields[3])), hospital});
    const int cause = fields[4] == "1" ? 1 : fields[5] == "1" ? 2 : 0;
    patients.disease_free.push_back({Whole(fields[2]), cause, hospital});
  }
  return patients;
}

TwoEndpoints MakeUp() {
  test_support::SeededRandom random(kSeed);
  TwoEndpoints patients;
  patients.survival = DrawCohort({privacy_design::CartCohort()}, kMadeUp, random);
  patients.disease_free = DrawCohort({privacy_design::CartCohort()}, kMadeUp, random);
  for (Patient& patient : patients.disease_free) {
    if (patient.cause == 1 && random.Below(3) == 0) patient.cause = 2;
  }
  return patients;
}

class AccuracyPooledTest : public ::testing::Test {
 protected:
  void ExpectPooledCurve(const std::string& endpoint, const std::vector<Patient>& patients) {
    SCOPED_TRACE(endpoint);
    const query::Plan plan =
        federation_.MakePlan(endpoint, "curative", {v1::COMPARTMENT_ADHOC, kHugeCharge});
    const federation::OpenedBundle opened = federation_.Open(federation_.Ask(plan, patients));
    EXPECT_EQ(opened.release.noise().numerator(), kLeastVariance);
    const statistics::BinnedSurvival released = federation_.Fit(plan, opened.release);
    const statistics::BinnedSurvival pooled = federation_.FitPooled(plan, patients);
    ASSERT_LT(pooled.Survival(pooled.bins() - 1).value, 0.7);
    for (int bin = 0; bin < pooled.bins(); ++bin) {
      EXPECT_NEAR(released.Survival(bin).value, pooled.Survival(bin).value, kAsThePooledCurve)
          << "month " << pooled.knots()[static_cast<size_t>(bin)];
      for (int cause = 1; cause <= pooled.causes(); ++cause) {
        EXPECT_NEAR(released.Incidence(cause, bin).value, pooled.Incidence(cause, bin).value,
                    kAsThePooledCurve)
            << "cause " << cause;
      }
    }
  }

  AccuracyFederation federation_{kSeed};
};

TEST_F(AccuracyPooledTest, RealTransplantsOfFourHospitalsGiveThePooledCurves) {
  const auto path = test_support::SharedPath("data/kmsurv/bmt.csv");
  if (!path) GTEST_SKIP() << test_support::kNoSharedData;
  const TwoEndpoints patients = ReadBmt(*path);
  ASSERT_EQ(patients.survival.size(), 137u);
  ExpectPooledCurve("overall-survival", patients.survival);
  ExpectPooledCurve("disease-free-survival", patients.disease_free);
}

TEST_F(AccuracyPooledTest, MadeUpPatientsGiveThePooledCurves) {
  const TwoEndpoints patients = MakeUp();
  ExpectPooledCurve("overall-survival", patients.survival);
  ExpectPooledCurve("disease-free-survival", patients.disease_free);
}

}  // namespace
}  // namespace perdura::bench
