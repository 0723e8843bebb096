#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "registry-node/import/mapping.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

// Who the patients are, what they agreed to, and who insures them.
namespace perdura::registry_node {
namespace {

constexpr absl::string_view kAssumed[] = {"assumed"};

std::string ReadCountry(RowReader& row) {
  const std::string country(row.Raw("country"));
  const bool two_capitals =
      country.size() == 2 && std::all_of(country.begin(), country.end(), [](char c) {
        return absl::ascii_isupper(static_cast<unsigned char>(c));
      });
  if (!two_capitals) row.Fail("country", "ENUM", "two capital letters of ISO 3166-1");
  return country;
}

void MapPatient(Mapping& mapping, RowReader& row) {
  PatientFact fact;
  fact.pseudonym = mapping.ReadPatient(row);
  if (!row.ok()) return;
  Identity identity{row.patient(), row.Name("family"), row.Name("given"), ""};
  const std::optional<DayInterval> birth = row.OptionalDay("birth_date");
  if (birth.has_value()) {
    identity.birth_date = std::string(row.Raw("birth_date"));
    fact.birth_year = YearOf(birth->Placed());
    mapping.AddBirth(row.patient(), *birth);
  }
  fact.sex = row.Word("sex", kSexes);
  fact.country = ReadCountry(row);
  fact.region = row.OptionalCode("region");
  mapping.drafts().identities.try_emplace(row.patient(), std::move(identity));
  mapping.Keep(row, mapping.drafts().rows.patients, mapping.SourceRef("patient", {row.patient()}),
               fact);
}

void MapConsent(Mapping& mapping, RowReader& row) {
  ConsentFact fact;
  fact.pseudonym = mapping.ReadKnownPatient(row);
  fact.scope = row.Word("scope", kConsentScopes);
  fact.status = row.Word("status", kConsentStatuses);
  fact.from = row.Day("from", "REF");
  fact.to = row.OptionalDay("to");
  const bool assumed = row.OptionalWord("source", kAssumed).has_value();
  auto& drafts = mapping.drafts().rows.consents;
  const size_t before = drafts.size();
  mapping.Keep(row, drafts,
               mapping.SourceRef("consent", {row.patient(), fact.scope, row.Raw("from")}), fact);
  if (assumed && drafts.size() > before) drafts.back().source = "assumed";
}

void MapSpell(Mapping& mapping, RowReader& row) {
  CoverageFact fact;
  fact.pseudonym = mapping.ReadKnownPatient(row);
  fact.payer = row.Code("payer");
  fact.payer_class = row.Word("payer_class", kPayerClasses);
  fact.plan = row.OptionalCode("plan");
  fact.from_day = row.ExactDay("from");
  if (!row.Raw("to").empty()) fact.to_day = row.ExactDay("to");
  fact.rank = row.Word("rank", kPayerRanks);
  fact.reason_end = row.OptionalWord("reason_end", kCoverageEnds);
  if (fact.reason_end.has_value() && !fact.to_day.has_value()) {
    row.Fail("reason_end", "COV-ORDER", "a reason for the end needs the last day covered, `to`");
  }
  mapping.Keep(
      row, mapping.drafts().rows.coverages,
      mapping.SourceRef("coverage", {row.patient(), fact.rank, fact.payer, row.Raw("from")}), fact);
}

using Person = std::tuple<std::string, std::string, std::string>;

Person PersonOf(const Identity& identity) {
  return {identity.family, identity.given, identity.birth_date};
}

// One person under two record numbers would be counted twice.
void CheckOnePersonOnce(Mapping& mapping) {
  const Drafts& drafts = mapping.drafts();
  absl::flat_hash_map<Person, std::string> persons;
  for (const auto& [number, entry] : mapping.known().people) {
    if (drafts.identities.contains(number)) continue;
    persons.try_emplace(PersonOf(entry.identity), number);
  }
  for (const auto& draft : drafts.rows.patients) {
    const Identity& identity = drafts.identities.at(draft.patient);
    if (identity.family.empty() || identity.given.empty() || identity.birth_date.empty()) continue;
    if (persons.try_emplace(PersonOf(identity), draft.patient).second) continue;
    mapping.report().Error(draft.place, draft.patient, "family", "DUPLICATE", "",
                           "a person with this name and birth date has another record number; one "
                           "person is one patient");
  }
}

}  // namespace

void MapPatients(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kPatients, [&](RowReader& row) { MapPatient(mapping, row); });
  CheckOnePersonOnce(mapping);
}

void MapConsents(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kConsents, [&](RowReader& row) { MapConsent(mapping, row); });
}

void MapCoverage(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kCoverage, [&](RowReader& row) { MapSpell(mapping, row); });
}

}  // namespace perdura::registry_node
