// Random patients, random pairs of plans: wherever one plan follows from another, the exact tables
// of the same patients agree once the released one is summed.

#include "query/derived_answer.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "privacy/grid.h"
#include "query/table_reading.h"
#include "registry-node/derive/patient_history.h"
#include "registry-node/derive/placement.h"
#include "registry-node/derive/table_builder.h"
#include "registry-node/derive/table_cells.h"
#include "registry-node/derive/table_question.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_charter.h"

namespace perdura::registry_node {
namespace {

constexpr int64_t kFirstInfusion = 7000;
constexpr int64_t kLastDayOfCut = 9131;  // 1995-01-01, of the test charter

// Facts live here; histories point into them. Tables know no time of recording.
class RandomPatients {
 public:
  explicit RandomPatients(uint64_t seed) : random_(seed) {
    for (uint8_t person = 0; person < 40; ++person) Add(person);
  }
  const std::vector<PatientHistory>& histories() const { return histories_; }

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_.Below(static_cast<uint64_t>(bound)));
  }
  template <size_t N>
  std::string OneOf(const std::array<const char*, N>& words) {
    return words[random_.Below(N)];
  }

  void Add(uint8_t person) {
    PatientFact& patient = patients_.emplace_back();
    patient.pseudonym.bytes[0] = person;
    patient.sex = OneOf<3>({"F", "M", "X"});
    ConsentFact& consent = consents_.emplace_back();
    consent.pseudonym = patient.pseudonym;
    consent.scope = "research";
    consent.status = "given";
    consent.from = DayInterval::Exact(kFirstInfusion - 1);
    ConditionFact& condition = conditions_.emplace_back();
    condition.indication = "acute-leukaemia";
    condition.subtype = OneOf<4>({"all", "aml-low", "aml-high", "other"});
    EpisodeFact& episode = episodes_.emplace_back();
    episode.product = OneOf<2>({"allo-hct@1", "auto-hct@1"});
    episode.day0 = kFirstInfusion + Below(2000);
    // One in three comes late.
    episode.enrolled = DayInterval::Exact(episode.day0 + (Below(3) == 0 ? Below(900) : 0));
    episode.age_at_infusion = Below(90);
    PatientHistory history;
    history.patient = &patient;
    history.consents = {&consent};
    history.episodes.push_back({&episode, &condition, {}, {}});
    for (int64_t i = Below(4); i > 0; --i) AddVisit(history.episodes.front());
    for (int64_t i = Below(4); i > 0; --i) AddEvent(history.episodes.front());
    histories_.push_back(std::move(history));
  }
  void AddVisit(EpisodeHistory& episode) {
    VisitFact& visit = visits_.emplace_back();
    visit.contact = DayInterval::Exact(episode.episode->day0 + Below(2200));
    visit.contact_type = "exam";
    visit.alive = visit.disease_assessed = true;
    visit.period_from = visit.period_to = visit.contact.lo;
    episode.visits.push_back(&visit);
  }
  void AddEvent(EpisodeHistory& episode) {
    EventFact& event = events_.emplace_back();
    event.type = OneOf<6>({"death", "relapse", "infection", "crs", "gvhd_acute", "gvhd_chronic"});
    event.onset = DayInterval::Exact(episode.episode->day0 + Below(2200));
    episode.events.push_back(&event);
  }

  test_support::SeededRandom random_;
  // Deques, so that pointers stay.
  std::deque<PatientFact> patients_;
  std::deque<ConsentFact> consents_;
  std::deque<ConditionFact> conditions_;
  std::deque<EpisodeFact> episodes_;
  std::deque<VisitFact> visits_;
  std::deque<EventFact> events_;
  std::vector<PatientHistory> histories_;
};

// Both products, every grid that may be asked without a strategy, and one by products.
std::shared_ptr<const federation::Charter> RandomCharter() {
  v1::Charter proto = test_support::TestFederation::Make(
                          {.flagship_cap_units = uint64_t{8} << 40, .products_per_patient = 2})
                          .charter;
  const auto add = [&](const char* id, std::initializer_list<uint32_t> knots) {
    v1::TimeGrid& grid = *proto.add_grids();
    grid.set_id(id);
    for (const uint32_t knot : knots) grid.add_knots(knot);
  };
  add("g4@1", {6, 12, 36, 60});
  add("year@1", {1, 6, 12});
  add("odd@1", {2, 7});
  v1::Attribute& product = *proto.add_attributes();
  product.set_id("product");
  product.set_display_name("Product");
  product.set_source(v1::ATTRIBUTE_PRODUCT);
  product.set_may_group(true);
  for (const char* id : {"allo", "auto"}) {
    v1::Category& category = *product.add_categories();
    category.set_id(id);
    category.add_values(std::string(id) + "-hct@1");
  }
  return *federation::Charter::Create(proto.SerializeAsString());
}

class RandomPlans {
 public:
  RandomPlans(const federation::Charter& charter, uint64_t seed)
      : charter_(charter), random_(seed) {}

  // Of one endpoint, cut, scope and compartment, so that many follow from one another.
  query::Plan Next(const std::string& endpoint) {
    query::PlanRequest request;
    request.endpoint = endpoint;
    request.cut = "bmt@1";
    request.role = "researcher";
    const bool event = charter_.FindEndpoint(endpoint)->kind() == v1::TABLE_EVENT;
    if (event) {
      constexpr std::array<const char*, 5> kGrids = {"g8@1", "g15@1", "g4@1", "year@1", "odd@1"};
      request.grid = kGrids[random_.Below(kGrids.size())];
      request.compartment = v1::COMPARTMENT_FLAGSHIP;
      request.charge_units = uint64_t{1} << (39 + random_.Below(2));
    }
    constexpr std::array<const char*, 5> kGroups = {"", "disease", "sex", "age-band", "product"};
    request.group_by = kGroups[random_.Below(kGroups.size())];
    if (random_.Below(3) == 0) request.cohort = {{"disease", {"all", "aml-low"}}};
    const query::Plan plan = *query::Plan::Build(request, charter_);
    if (random_.Below(3) != 0 || request.group_by != "disease") return plan;
    // Some of the groups.
    return *query::Plan::Parse(
        absl::StrReplaceAll(plan.text(), {{"groups=disease:all,aml-high,aml-low,unknown",
                                           "groups=disease:all,aml-low"}}),
        charter_);
  }

 private:
  const federation::Charter& charter_;
  test_support::SeededRandom random_;
};

// The rows of the exact table of a plan.
std::vector<int64_t> ExactRows(const query::Plan& plan, const query::Layout& layout,
                               const federation::Charter& charter,
                               const std::vector<PatientHistory>& patients) {
  TableQuestion question = *TableQuestion::Create(plan, charter.proto());
  question.cutoff_day = kLastDayOfCut;
  TableBuilder table(layout.cells(), layout.shape().cap);
  for (const PatientHistory& patient : patients) {
    const auto placement = PlacementOf(patient, question, /*today=*/20000);
    if (!placement.has_value()) continue;
    table.Place(patient.patient->pseudonym, CellsOf(*placement, question, layout));
  }
  return layout.Measure(std::move(table).Counts());
}

struct Numbers {
  std::vector<double> cells;
  double not_evaluable = 0;
};

// What a reading makes of rows.
Numbers Read(const query::TableReading& reading, size_t group, const std::vector<int64_t>& rows) {
  const bool event = reading.layout().shape().kind == v1::TABLE_EVENT;
  return {event ? *reading.Cells(group, rows) : reading.Rows(group, rows),
          reading.NotEvaluable(group, rows)};
}

TEST(DerivedAnswerTest, ExactTablesAgreeWhereverOnePlanFollowsFromAnother) {
  const auto charter = RandomCharter();
  int followed = 0;
  int by_more_than_itself = 0;
  double counted = 0;
  for (const char* endpoint : {"overall-survival@1", "disease-free-survival@1",
                               "late-entry-survival@1", "status-12@1", "safety-12@1", "age@1"}) {
    RandomPlans plans(*charter, 17);
    for (uint64_t seed = 1; seed <= 1000; ++seed) {
      const query::Plan asked = plans.Next(endpoint);
      const query::Plan released = plans.Next(endpoint);
      const auto derivation = query::Follows(asked, released, *charter);
      if (!derivation.has_value()) continue;
      ++followed;
      by_more_than_itself += derivation->text != query::kDirect ? 1 : 0;
      SCOPED_TRACE(asked.text() + "\n" + released.text());
      const RandomPatients patients(seed);
      const query::Layout layout = *query::Layout::Create(asked, *charter);
      ASSERT_OK_AND_ASSIGN(const auto direct,
                           query::TableReading::Create(asked, layout, asked, *charter, 1));
      ASSERT_OK_AND_ASSIGN(const auto derived,
                           query::TableReading::Create(asked, layout, released, *charter, 1));
      const auto asked_rows = ExactRows(asked, layout, *charter, patients.histories());
      const auto released_rows =
          ExactRows(released, derived.released_layout(), *charter, patients.histories());
      for (size_t group = 0; group < layout.groups().size(); ++group) {
        const Numbers expected = Read(direct, group, asked_rows);
        const Numbers found = Read(derived, group, released_rows);
        ASSERT_EQ(found.cells, expected.cells) << group;
        ASSERT_EQ(found.not_evaluable, expected.not_evaluable) << group;
        for (const double count : expected.cells) counted += count;
      }
    }
  }
  EXPECT_GT(followed, 300);
  EXPECT_GT(by_more_than_itself, 150);
  EXPECT_GT(counted, 1000);
}

}  // namespace
}  // namespace perdura::registry_node
