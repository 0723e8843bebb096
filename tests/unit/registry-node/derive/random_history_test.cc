// Random histories: whatever is corrected, retracted or added after a cut, its tables stay.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "registry-node/derive/patient_history.h"
#include "registry-node/derive/placement.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::registry_node {
namespace {

constexpr int kHistories = 300;
constexpr int kPeople = 6;
constexpr int64_t kFirstDay = 18000;
constexpr const char* kProducts[] = {"allo-hct@1", "car-t@1", "aav@1"};

// A growing store of random facts that keeps to no type rule: derivation must not depend on them.
class RandomHistory {
 public:
  explicit RandomHistory(uint64_t seed) : node(seed), random_(seed + 1'000'000) {
    for (uint8_t person = 0; person < kPeople; ++person) AddPerson(person);
    Append();
  }

  // A few appends with new events and visits, corrections and retractions.
  void Grow() {
    for (int append = 0; append < 4; ++append) {
      node.clock.Advance(absl::Minutes(static_cast<int64_t>(random_.Below(600)) - 100));
      for (int step = 0; step < 3; ++step) Change();
      Append();
    }
  }

  std::vector<ExactExit> Exits(absl::string_view rule, int64_t known_at) {
    TableQuestion question = AskAll(rule);
    question.known_at_micros = known_at;
    question.groups = AttributeChoice{SmallCharter().attributes(0), {"all", "aml-low", "unknown"}};
    return node.Exits(question);
  }

  TestNode node;
  int64_t last_recorded_at = 0;

 private:
  template <typename Tag>
  Id128<Tag> Named(uint8_t kind, uint8_t number) {
    Id128<Tag> id;
    id.bytes[0] = kind;
    id.bytes[1] = number;
    return id;
  }
  DayInterval AnyDay() {
    const int64_t day = kFirstDay + static_cast<int64_t>(random_.Below(2500));
    return random_.Below(4) == 0 ? DayInterval{day, day + 30, 'm'} : DayInterval::Exact(day);
  }
  bool Flip() { return random_.Below(2) == 0; }

  template <typename Fact>
  NewVersion<Fact> Next(const RecordId& record, Fact fact) {
    NewVersion<Fact> row;
    row.record = record;
    row.version = ++versions_[std::string(record.view())];
    row.source = "form";
    if (row.version > 1) row.reason = "typo";
    row.retract = row.version > 1 && random_.Below(5) == 0;
    row.fact = std::move(fact);
    return row;
  }

  void AddPerson(uint8_t person) {
    const Pseudonym pseudonym = Named<PseudonymTag>(1, person);
    PatientFact patient{pseudonym, "F", 1970, "US", {}};
    batch_.patients.push_back(Next(Named<RecordTag>(2, person), patient));
    ConsentFact consent{pseudonym, "research", "given", DayInterval::Exact(kFirstDay - 10), {}};
    batch_.consents.push_back(Next(Named<RecordTag>(3, person), consent));
    PutCondition(person);
    PutEpisode(person);
  }
  void PutCondition(uint8_t person) {
    ConditionFact condition;
    condition.pseudonym = Named<PseudonymTag>(1, person);
    condition.code_system = "perdura";
    condition.code = condition.indication = "acute-leukaemia";
    condition.subtype = Flip() ? "all" : "aml-low";
    condition.dx = DayInterval::Exact(kFirstDay - 100);
    batch_.conditions.push_back(Next(Named<RecordTag>(4, person), condition));
  }
  void PutEpisode(uint8_t person) {
    EpisodeFact episode;
    episode.pseudonym = Named<PseudonymTag>(1, person);
    episode.condition = Named<RecordTag>(4, person);
    episode.product = kProducts[random_.Below(3)];
    episode.day0 = kFirstDay + static_cast<int64_t>(random_.Below(300));
    episode.enrolled = DayInterval::Exact(episode.day0);
    episode.scheme = episode.track = "standard";
    batch_.episodes.push_back(Next(Named<RecordTag>(5, person), episode));
  }
  void PutVisit(uint8_t person) {
    VisitFact visit;
    visit.episode = Named<RecordTag>(5, person);
    visit.contact = AnyDay();
    visit.contact_type = "exam";
    visit.alive = Flip();
    visit.period_from = visit.period_to = visit.contact.lo;
    visit.disease_assessed = Flip();
    batch_.visits.push_back(Next(Named<RecordTag>(6, Small(person)), visit));
  }
  void PutEvent(uint8_t person) {
    constexpr const char* kTypes[] = {"death", "relapse", "progression", "infection"};
    EventFact event;
    event.episode = Named<RecordTag>(5, person);
    event.type = kTypes[random_.Below(4)];
    event.onset = AnyDay();
    batch_.events.push_back(Next(Named<RecordTag>(7, Small(person)), event));
  }
  // One of three records of a person.
  uint8_t Small(uint8_t person) { return static_cast<uint8_t>(3 * person + random_.Below(3)); }

  void Change() {
    const uint8_t person = static_cast<uint8_t>(random_.Below(kPeople));
    switch (random_.Below(5)) {
      case 0:
        return PutCondition(person);
      case 1:
        return PutEpisode(person);
      case 2:
        return PutVisit(person);
      default:
        return PutEvent(person);
    }
  }
  void Append() {
    const auto recorded_at = node.facts.Append(batch_, "anna");
    ASSERT_TRUE(recorded_at.ok()) << recorded_at.status();
    EXPECT_GT(*recorded_at, last_recorded_at);
    last_recorded_at = *recorded_at;
    batch_ = FactBatch();
  }

  test_support::SeededRandom random_;
  FactBatch batch_;
  std::map<std::string, int64_t> versions_;
};

// Who counts in a table of one product, as known at a moment, under M.
std::set<Pseudonym> CountedFor(const FactSet& facts, const char* product, uint32_t most) {
  TableQuestion question = AskAll("os@1");
  question.products = {product};
  question.products_per_patient = most;
  std::set<Pseudonym> counted;
  for (const PatientHistory& patient : HistoriesOf(facts)) {
    if (PlacementOf(patient, question, Day("2026-07-01")).has_value()) {
      counted.insert(patient.patient->pseudonym);
    }
  }
  return counted;
}

std::string TextOf(const std::vector<ExactExit>& exits) {
  std::string text;
  for (const ExactExit& exit : exits) {
    absl::StrAppend(&text, exit.group, " ", exit.entry, " ", exit.exit, " ", exit.cause, " ",
                    exit.evaluable, "\n");
  }
  return text;
}

TEST(RandomHistoryTest, LaterCorrectionsLeaveEarlierCutsIdentical) {
  int changed = 0;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    SCOPED_TRACE(seed);
    RandomHistory history(seed);
    history.Grow();
    const int64_t cut = history.last_recorded_at + 1;
    const std::string os = TextOf(history.Exits("os@1", cut));
    const std::string pfs = TextOf(history.Exits("pfs@1", cut));
    history.Grow();
    history.Grow();
    ASSERT_EQ(TextOf(history.Exits("os@1", cut)), os);
    ASSERT_EQ(TextOf(history.Exits("pfs@1", cut)), pfs);
    const int64_t now = history.last_recorded_at + 1;
    changed += TextOf(history.Exits("pfs@1", now)) != pfs ? 1 : 0;
    ASSERT_OK(history.node.facts.Verify());
  }
  // The corrections do matter: almost every table as of now differs.
  EXPECT_GT(changed, kHistories * 9 / 10);
}

TEST(RandomHistoryTest, NobodyIsInMoreThanOneCell) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    RandomHistory history(seed);
    history.Grow();
    EXPECT_LE(history.Exits("pfs@1", history.last_recorded_at + 1).size(), size_t{kPeople});
  }
}

// Whatever is corrected and retracted: over all cuts a patient counts for M products at most.
TEST(RandomHistoryTest, APatientCountsForNoMoreThanMProductsOverAllCuts) {
  size_t most_without_rule = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomHistory history(seed);
    std::map<Pseudonym, std::set<std::string>> one, two, all;
    for (int cut = 0; cut < 6; ++cut) {
      history.Grow();
      ASSERT_OK_AND_ASSIGN(const FactSet facts,
                           history.node.facts.KnownAt(history.last_recorded_at + 1));
      for (const char* product : kProducts) {
        for (const Pseudonym& who : CountedFor(facts, product, 1)) one[who].insert(product);
        for (const Pseudonym& who : CountedFor(facts, product, 2)) two[who].insert(product);
        for (const Pseudonym& who : CountedFor(facts, product, 3)) all[who].insert(product);
      }
    }
    for (const auto& [who, products] : one) ASSERT_EQ(products.size(), 1u);
    for (const auto& [who, products] : two) ASSERT_LE(products.size(), 2u);
    for (const auto& [who, products] : all) {
      most_without_rule = std::max(most_without_rule, products.size());
    }
  }
  // The rule does matter: without it some patients count for three.
  EXPECT_EQ(most_without_rule, 3u);
}

// One patient less takes nobody else in or out of any table.
TEST(RandomHistoryTest, ListOfAPatientIsNobodyElses) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomHistory history(seed);
    history.Grow();
    history.Grow();
    ASSERT_OK_AND_ASSIGN(const FactSet facts,
                         history.node.facts.KnownAt(history.last_recorded_at + 1));
    const Pseudonym gone = facts.patients.front().fact.pseudonym;
    FactSet neighbour = facts;
    std::erase_if(neighbour.patients, [&](const auto& row) { return row.fact.pseudonym == gone; });
    std::erase_if(neighbour.episodes, [&](const auto& row) { return row.fact.pseudonym == gone; });
    neighbour.products.erase(gone);
    for (const char* product : kProducts) {
      std::set<Pseudonym> with = CountedFor(facts, product, 2);
      with.erase(gone);
      EXPECT_EQ(CountedFor(neighbour, product, 2), with);
    }
  }
}

}  // namespace
}  // namespace perdura::registry_node
