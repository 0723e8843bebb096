#include "registry-node/import/row_mapper.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "registry-node/import/row_reader.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kSources[] = {"assumed"};
constexpr absl::string_view kCodeSystems[] = {"perdura"};
constexpr absl::string_view kDoseUnits[] = {"cells/kg", "cells", "vg/kg", "vg"};

// An episode that a row may name.
struct EpisodeLink {
  std::string patient;
  std::string product;
};

class RowMapper {
 public:
  RowMapper(const ParsedTables& tables, absl::string_view system, const v1::Charter& charter,
            const Vault& vault, const Known& known, ImportReport& report)
      : tables_(tables),
        system_(system),
        charter_(charter),
        vault_(vault),
        known_(known),
        report_(report) {}

  Drafts Map() && {
    MapTable(TableFile::kPatients, [this](RowReader& row) { MapPatient(row); });
    MapTable(TableFile::kConsents, [this](RowReader& row) { MapConsent(row); });
    MapTable(TableFile::kConditions, [this](RowReader& row) { MapCondition(row); });
    MapTable(TableFile::kEpisodes, [this](RowReader& row) { MapEpisode(row); });
    MapTable(TableFile::kInfusions, [this](RowReader& row) { MapInfusion(row); });
    MapTable(TableFile::kVisits, [this](RowReader& row) { MapVisit(row); });
    MapTable(TableFile::kEvents, [this](RowReader& row) { MapEvent(row); });
    CheckOnePersonOnce();
    return std::move(drafts_);
  }

 private:
  template <typename MapRow>
  void MapTable(TableFile file, MapRow map_row) {
    const ParsedTable& table = tables_[static_cast<size_t>(file)];
    const absl::flat_hash_set<std::string> crowded = CrowdedColumns(table);
    const RowReader::Context context{table, crowded, charter_, report_};
    for (const CsvRow& row : table.rows) {
      RowReader reader(context, row);
      map_row(reader);
    }
  }

  // Keeps the row if all its fields were right and its record is new in this import.
  template <typename Fact>
  void Keep(RowReader& row, std::vector<Draft<Fact>>& drafts, std::string source_ref, Fact fact,
            absl::string_view twice_rule = "DUPLICATE") {
    const RecordId record = RecordOf(source_ref);
    if (!seen_.insert(record).second) {
      row.Fail("", twice_rule, "an earlier row of this file says the same thing of the same one");
    }
    if (!row.ok()) return;
    drafts.push_back(
        {row.place(), row.patient(), record, std::move(source_ref), "csv", std::move(fact)});
  }

  // Reads the record number: the row is this patient's from here on. Returns the pseudonym if there
  // is one.
  Pseudonym ReadPatient(RowReader& row) {
    const std::string number = row.Identifier("record_number");
    if (row.ok()) row.set_patient(number);
    const auto found = known_.people.find(number);
    return found == known_.people.end() ? Pseudonym() : found->second.pseudonym;
  }

  Pseudonym ReadKnownPatient(RowReader& row) {
    const Pseudonym pseudonym = ReadPatient(row);
    const auto stored = known_.patients.find(pseudonym);
    const bool on_record = stored != known_.patients.end() && !stored->second->retracted;
    if (row.ok() && !on_record && !drafts_.identities.contains(row.patient())) {
      row.Fail("record_number", "REF", "no such patient: add the row to patients.csv");
    }
    return pseudonym;
  }

  void MapPatient(RowReader& row) {
    PatientFact fact;
    fact.pseudonym = ReadPatient(row);
    if (!row.ok()) return;
    Identity identity{row.patient(), row.Name("family"), row.Name("given"), ""};
    const std::optional<DayInterval> birth = row.OptionalDay("birth_date");
    if (birth.has_value()) {
      identity.birth_date = std::string(row.Raw("birth_date"));
      fact.birth_year = YearOf(birth->Placed());
      births_[row.patient()] = *birth;
    }
    fact.sex = row.Word("sex", kSexes);
    fact.country = std::string(row.Raw("country"));
    if (fact.country.size() != 2 ||
        !std::all_of(fact.country.begin(), fact.country.end(),
                     [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); })) {
      row.Fail("country", "ENUM", "two capital letters of ISO 3166-1");
    }
    fact.region = row.OptionalCode("region");
    drafts_.identities.try_emplace(row.patient(), std::move(identity));
    Keep(row, drafts_.rows.patients, vault_.SourceRef({"patient", system_, row.patient()}), fact);
  }

  void MapConsent(RowReader& row) {
    ConsentFact fact;
    fact.pseudonym = ReadKnownPatient(row);
    fact.scope = row.Word("scope", kConsentScopes);
    fact.status = row.Word("status", kConsentStatuses);
    fact.from = row.Day("from", "REF");
    fact.to = row.OptionalDay("to");
    const bool assumed = row.OptionalWord("source", kSources).has_value();
    const size_t before = drafts_.rows.consents.size();
    Keep(row, drafts_.rows.consents,
         vault_.SourceRef({"consent", system_, row.patient(), fact.scope, row.Raw("from")}), fact);
    if (assumed && drafts_.rows.consents.size() > before) {
      drafts_.rows.consents.back().source = "assumed";
    }
  }

  void MapCondition(RowReader& row) {
    ConditionFact fact;
    fact.pseudonym = ReadKnownPatient(row);
    const std::string condition_id = row.Identifier("condition_id");
    fact.code_system = row.Word("code_system", kCodeSystems);
    fact.code = std::string(row.Raw("code"));
    fact.indication = fact.code;
    fact.subtype = row.OptionalCode("subtype");
    CheckIndication(row, fact);
    fact.dx = row.Day("diagnosed", "REF");
    fact.stage = row.OptionalCode("stage");
    fact.risk_group = row.OptionalCode("risk_group");
    fact.prior_lines = row.OptionalNumber("prior_lines", "condition.prior_lines");
    fact.ecog = row.OptionalNumber("ecog", "condition.ecog");
    fact.kps = row.OptionalNumber("kps", "condition.kps");
    fact.hct_ci = row.OptionalNumber("hct_ci", "condition.hct_ci");
    Keep(row, drafts_.rows.conditions, ConditionRef(row.patient(), condition_id), fact);
  }

  void CheckIndication(RowReader& row, const ConditionFact& fact) {
    const v1::Indication* indication = FindIndicationOf(charter_, fact.code);
    if (indication == nullptr) {
      row.Fail("code", "REF", "not an indication of the charter");
    } else if (fact.subtype.has_value() &&
               std::find(indication->subtypes().begin(), indication->subtypes().end(),
                         *fact.subtype) == indication->subtypes().end()) {
      row.Fail("subtype", "ENUM", "not a subtype of this indication in the charter");
    }
  }

  std::string ConditionRef(absl::string_view patient, absl::string_view condition_id) const {
    return vault_.SourceRef({"condition", system_, patient, condition_id});
  }

  void MapEpisode(RowReader& row) {
    EpisodeFact fact;
    fact.pseudonym = ReadKnownPatient(row);
    const std::string episode_id = row.Identifier("episode_id");
    std::string source_ref = vault_.SourceRef({"episode", system_, episode_id});
    fact.condition = RecordOf(ConditionRef(row.patient(), row.Identifier("condition_id")));
    fact.product = std::string(row.Raw("product"));
    CheckProduct(row, fact);
    fact.day0 = row.ExactDay("infused");
    fact.enrolled = row.Day("enrolled", "ENROL");
    fact.apheresis = row.OptionalDay("apheresis");
    fact.laterality = row.OptionalWord("laterality", kLateralities);
    fact.intent = row.OptionalWord("intent", kIntents);
    fact.track = row.Word("track", kTracks);
    fact.age_at_infusion = AgeAtInfusion(row, fact.day0);
    const RecordId record = RecordOf(source_ref);
    const absl::string_view twice = LinkEpisode(row, record, fact);
    drafts_.episode_ids.try_emplace(record, episode_id);
    Keep(row, drafts_.rows.episodes, std::move(source_ref), fact, twice);
  }

  void CheckProduct(RowReader& row, EpisodeFact& fact) {
    const v1::Product* product = FindProductOf(charter_, fact.product);
    if (product == nullptr) return row.Fail("product", "REF", "not a product of the charter");
    if (product->product_class() == v1::CANARY) {
      return row.Fail("product", "ENUM", "a canary product takes no patients");
    }
    fact.scheme = std::string(SchemeOf(product->product_class()));
  }

  // One episode has one patient, condition and product. Returns the rule that a second row of it
  // breaks.
  absl::string_view LinkEpisode(RowReader& row, const RecordId& record, const EpisodeFact& fact) {
    const auto stored = known_.episodes.find(record);
    if (stored != known_.episodes.end() && stored->second->fact.pseudonym != fact.pseudonym) {
      row.Fail("episode_id", "EP-ONE", "this episode is on record for another patient");
    }
    const auto [link, added] = links_.try_emplace(record, EpisodeLink{row.patient(), fact.product});
    if (added) {
      conditions_[record] = fact.condition;
      return "DUPLICATE";
    }
    if (link->second.patient != row.patient()) {
      // Whose visits and events these are cannot be told, so both patients have the error.
      report_.Error(row.place(), link->second.patient, "episode_id", "EP-ONE", "",
                    "two patients have this episode");
    }
    return link->second.product == fact.product && conditions_[record] == fact.condition
               ? "DUPLICATE"
               : "EP-ONE";
  }

  std::optional<int64_t> AgeAtInfusion(RowReader& row, int64_t day0) {
    const std::optional<int64_t> stated =
        row.OptionalNumber("age_at_infusion", "episode.age_at_infusion");
    std::optional<DayInterval> birth = BirthOf(row.patient());
    if (!birth.has_value() || !row.ok()) return stated;
    const int64_t age = WholeYears(*birth, day0);
    const NumberRange range = PlausibleRangeOf("episode.age_at_infusion", charter_);
    if (age < range.low || age > range.high) {
      row.Fail("infused", "RANGE", "birth date and infusion give an age that is not plausible");
    }
    return age;
  }

  std::optional<DayInterval> BirthOf(const std::string& patient) const {
    const auto in_file = births_.find(patient);
    if (in_file != births_.end()) return in_file->second;
    if (drafts_.identities.contains(patient)) return std::nullopt;
    const auto stored = known_.people.find(patient);
    if (stored == known_.people.end()) return std::nullopt;
    const absl::StatusOr<DayInterval> birth = ParseDay(stored->second.identity.birth_date);
    return birth.ok() ? std::optional<DayInterval>(*birth) : std::nullopt;
  }

  // Reads the episode id: the row is its patient's from here on.
  RecordId ReadEpisode(RowReader& row, EpisodeLink& link) {
    const std::string episode_id = row.Identifier("episode_id");
    const RecordId record = RecordOf(vault_.SourceRef({"episode", system_, episode_id}));
    if (!row.ok()) return record;
    const auto in_files = links_.find(record);
    if (in_files != links_.end()) {
      link = in_files->second;
    } else {
      const Versioned<EpisodeFact>* stored = StoredEpisode(record);
      if (stored == nullptr) {
        row.Fail("episode_id", "REF", "no such episode: add the row to episodes.csv");
        return record;
      }
      link.patient = known_.record_numbers.at(stored->fact.pseudonym);
      link.product = stored->fact.product;
    }
    row.set_patient(link.patient);
    return record;
  }

  // nullptr unless the episode is live and its patient is one of this source system.
  const Versioned<EpisodeFact>* StoredEpisode(const RecordId& record) const {
    const auto stored = known_.episodes.find(record);
    if (stored == known_.episodes.end() || stored->second->retracted) return nullptr;
    const bool ours = known_.record_numbers.contains(stored->second->fact.pseudonym);
    return ours ? stored->second : nullptr;
  }

  void MapInfusion(RowReader& row) {
    EpisodeLink link;
    InfusionFact fact;
    fact.episode = ReadEpisode(row, link);
    const std::optional<int64_t> seq = row.OptionalNumber("seq", "infusion.seq");
    if (!seq.has_value()) row.Fail("seq", "INF-SEQ", "the sequence number is needed, from 1");
    fact.seq = seq.value_or(0);
    fact.day = row.ExactDay("day");
    fact.dose = row.OptionalDecimal("dose");
    fact.dose_unit = row.OptionalWord("dose_unit", kDoseUnits);
    if (fact.dose.has_value() != fact.dose_unit.has_value()) {
      row.Fail("dose_unit", "UNIT", "a dose and its unit come together");
    } else if (fact.dose_unit.has_value() && row.ok() && !UnitFits(link, *fact.dose_unit)) {
      row.Fail("dose_unit", "INF-SEQ", "not a unit of this product's class");
    }
    fact.in_spec = row.OptionalFlag("in_spec");
    fact.conditioning = row.OptionalCode("conditioning");
    fact.bridging = row.OptionalCode("bridging");
    Keep(row, drafts_.rows.infusions,
         InfusionRef(vault_, system_, row.Raw("episode_id"), absl::StrCat(fact.seq)), fact);
  }

  bool UnitFits(const EpisodeLink& link, absl::string_view unit) const {
    const v1::Product* product = FindProductOf(charter_, link.product);
    return product != nullptr && DoseUnitFits(product->product_class(), unit);
  }

  void MapVisit(RowReader& row) {
    EpisodeLink link;
    VisitFact fact;
    fact.episode = ReadEpisode(row, link);
    fact.contact = row.Day("contact", "VISIT-TILE");
    fact.contact_type = row.Word("contact_type", kContactTypes);
    fact.alive = row.Flag("alive");
    fact.disease_assessed = row.Flag("disease_assessed");
    Keep(row, drafts_.rows.visits,
         vault_.SourceRef({"visit", system_, row.Raw("episode_id"), row.Raw("contact")}), fact,
         "VISIT-TILE");
  }

  void MapEvent(RowReader& row) {
    EpisodeLink link;
    EventFact fact;
    fact.episode = ReadEpisode(row, link);
    fact.type = row.Word("type", kEventTypes);
    fact.onset = row.Day("onset", "REF");
    fact.end = row.OptionalDay("end");
    fact.code_system = row.OptionalCode("code_system");
    fact.code = row.OptionalCode("code");
    if (fact.code.has_value() != fact.code_system.has_value()) {
      row.Fail("code", "ENUM", "a code and its system come together");
    }
    fact.grade = row.OptionalNumber("grade", "event.grade");
    fact.serious = row.OptionalFlag("serious");
    fact.related = row.OptionalWord("related", kRelations);
    fact.confirmed = row.OptionalFlag("confirmed").value_or(false);
    fact.cause = ReadCause(row, fact.type);
    if (fact.type == "death") {
      Keep(row, drafts_.rows.events, vault_.SourceRef({"death", system_, row.patient()}), fact,
           "DEATH-ONE");
    } else {
      Keep(row, drafts_.rows.events,
           vault_.SourceRef({"event", system_, row.Raw("episode_id"), fact.type, row.Raw("onset"),
                             row.Raw("code")}),
           fact);
    }
  }

  static std::optional<std::string> ReadCause(RowReader& row, absl::string_view type) {
    if (type == "death") return row.OptionalWord("cause", kDeathCauses);
    if (type == "lost_to_follow_up") return row.OptionalWord("cause", kLossCauses);
    if (!row.Raw("cause").empty()) {
      row.Fail("cause", "ENUM", "a cause belongs to death and lost_to_follow_up only");
    }
    return std::nullopt;
  }

  // One person under two record numbers would be counted twice.
  void CheckOnePersonOnce() {
    absl::flat_hash_map<std::tuple<std::string, std::string, std::string>, std::string> persons;
    for (const auto& [number, entry] : known_.people) {
      if (drafts_.identities.contains(number)) continue;
      persons.try_emplace(KeyOf(entry.identity), number);
    }
    for (const auto& draft : drafts_.rows.patients) {
      const Identity& identity = drafts_.identities.at(draft.patient);
      if (identity.family.empty() || identity.given.empty() || identity.birth_date.empty())
        continue;
      if (persons.try_emplace(KeyOf(identity), draft.patient).second) continue;
      report_.Error(draft.place, draft.patient, "family", "DUPLICATE", "",
                    "a person with this name and birth date has another record number; one person "
                    "is one patient");
    }
  }

  static std::tuple<std::string, std::string, std::string> KeyOf(const Identity& identity) {
    return {identity.family, identity.given, identity.birth_date};
  }

  const ParsedTables& tables_;
  const absl::string_view system_;
  const v1::Charter& charter_;
  const Vault& vault_;
  const Known& known_;
  ImportReport& report_;
  Drafts drafts_;
  absl::flat_hash_set<RecordId> seen_;
  absl::flat_hash_map<RecordId, EpisodeLink> links_;
  absl::flat_hash_map<RecordId, RecordId> conditions_;
  absl::flat_hash_map<std::string, DayInterval> births_;
};

}  // namespace

void Known::Index() {
  for (const auto& [number, entry] : people) record_numbers[entry.pseudonym] = number;
  for (const auto& row : facts.episodes) episodes[row.record] = &row;
  for (const auto& row : facts.patients) patients[row.fact.pseudonym] = &row;
}

RecordId RecordOf(absl::string_view source_ref) { return RecordId::FromBytes(source_ref); }

std::string InfusionRef(const Vault& vault, absl::string_view system, absl::string_view episode_id,
                        absl::string_view seq) {
  return vault.SourceRef({"infusion", system, episode_id, seq});
}

Drafts MapRows(const ParsedTables& tables, absl::string_view system, const v1::Charter& charter,
               const Vault& vault, const Known& known, ImportReport& report) {
  return RowMapper(tables, system, charter, vault, known, report).Map();
}

}  // namespace perdura::registry_node
