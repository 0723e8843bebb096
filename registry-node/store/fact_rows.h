#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

// Rows of the fact tables as values. Column meanings: registry-node/store/registry_schema.cc.
// Nothing here identifies a person.
namespace perdura::registry_node {

// 128 bits that name a thing: a record (what versions describe) or a pseudonym (a person at this
// node).
template <typename Tag>
struct Id128 {
  std::array<uint8_t, 16> bytes{};

  // Copies the first 16 bytes of `source`, which must have as many.
  static Id128 FromBytes(absl::string_view source) {
    Id128 id;
    for (size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<uint8_t>(source[i]);
    return id;
  }
  absl::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  auto operator<=>(const Id128&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const Id128& id) {
    return H::combine(std::move(state), id.bytes);
  }
};
using RecordId = Id128<struct RecordTag>;
using Pseudonym = Id128<struct PseudonymTag>;

// A clinical date as the source knows it: the days that it may be, inclusive, counted from
// 1970-01-01.
struct DayInterval {
  int64_t lo = 0;
  int64_t hi = 0;
  char precision = 'd';  // d day (lo = hi), m month, y year

  static DayInterval Exact(int64_t day) { return {day, day, 'd'}; }
  bool exact() const { return lo == hi; }
  // The day that derivations use: floor((lo + hi) / 2). June 2024 -> 15, February -> 14, 2023 -> 2
  // July.
  int64_t Placed() const { return lo + (hi - lo) / 2; }
  bool operator==(const DayInterval&) const = default;
};

struct PatientFact {
  Pseudonym pseudonym;
  std::string sex;
  std::optional<int64_t> birth_year;
  std::string country;
  std::optional<std::string> region;
  bool operator==(const PatientFact&) const = default;
};

struct ConsentFact {
  Pseudonym pseudonym;
  std::string scope;
  std::string status;
  DayInterval from;
  std::optional<DayInterval> to;
  bool operator==(const ConsentFact&) const = default;
};

struct ConditionFact {
  Pseudonym pseudonym;
  std::string code_system;
  std::string code;
  std::string indication;
  std::optional<std::string> subtype;
  DayInterval dx;
  std::optional<std::string> stage;
  std::optional<std::string> risk_group;
  std::optional<int64_t> prior_lines;
  std::optional<int64_t> ecog;
  std::optional<int64_t> kps;
  std::optional<int64_t> hct_ci;
  bool operator==(const ConditionFact&) const = default;
};

struct EpisodeFact {
  Pseudonym pseudonym;
  RecordId condition;
  std::string product;
  int64_t day0 = 0;
  DayInterval enrolled;
  std::optional<DayInterval> apheresis;
  std::optional<int64_t> age_at_infusion;
  std::optional<std::string> laterality;
  std::optional<std::string> intent;
  std::string scheme;
  std::string track;
  bool operator==(const EpisodeFact&) const = default;
};

struct InfusionFact {
  RecordId episode;
  int64_t seq = 0;
  int64_t day = 0;
  std::optional<std::string> dose;  // decimal number as given
  std::optional<std::string> dose_unit;
  std::optional<bool> in_spec;
  std::optional<std::string> conditioning;
  std::optional<std::string> bridging;
  bool operator==(const InfusionFact&) const = default;
};

struct VisitFact {
  RecordId episode;
  std::optional<std::string> slot;  // of the schedule; null where the source names none
  DayInterval contact;
  std::string contact_type;
  bool alive = false;
  int64_t period_from = 0;
  int64_t period_to = 0;
  bool disease_assessed = false;
  bool operator==(const VisitFact&) const = default;
};

struct EventFact {
  RecordId episode;
  std::string type;
  DayInterval onset;
  std::optional<DayInterval> end;
  std::optional<std::string> code_system;
  std::optional<std::string> code;
  std::optional<int64_t> grade;
  std::optional<bool> serious;
  std::optional<std::string> related;
  bool confirmed = false;
  std::optional<std::string> cause;
  bool operator==(const EventFact&) const = default;
};

struct ResponseFact {
  RecordId episode;
  DayInterval day;
  std::string scale;  // id with version: "lugano2014"
  std::string value;  // one of the scale
  std::optional<std::string> mrd;
  std::string evidence;
  bool operator==(const ResponseFact&) const = default;
};

struct MeasureFact {
  RecordId episode;
  DayInterval day;
  std::string code;   // LOINC, or a local id
  std::string value;  // decimal number in `unit`, the canonical unit of the code
  std::string unit;
  std::string given_value;  // as the source has it
  std::string given_unit;
  std::optional<std::string> method;
  std::optional<std::string> laterality;
  bool operator==(const MeasureFact&) const = default;
};

struct TransgeneFact {
  RecordId episode;
  DayInterval day;
  std::string assay;
  std::optional<std::string> value;  // decimal number
  std::optional<std::string> unit;
  bool detected = false;
  bool operator==(const TransgeneFact&) const = default;
};

// A spell under one insurer: the churn record.
struct CoverageFact {
  Pseudonym pseudonym;
  std::string payer;
  std::string payer_class;
  std::optional<std::string> plan;
  int64_t from_day = 0;           // exact
  std::optional<int64_t> to_day;  // exact, last day covered; null while it lasts
  std::string rank;
  std::optional<std::string> reason_end;
  bool operator==(const CoverageFact&) const = default;
};

struct ContractLinkFact {
  RecordId episode;
  std::string contract;
  int64_t contract_version = 0;
  std::string payer_at_infusion;
  int64_t accepted_day = 0;  // exact
  bool operator==(const ContractLinkFact&) const = default;
};

struct ContactTryFact {
  RecordId episode;
  std::string slot;
  DayInterval day;
  std::string mode;
  std::string outcome;
  bool operator==(const ContactTryFact&) const = default;
};

// One version of a record, as read.
template <typename Fact>
struct Versioned {
  RecordId record;
  int64_t version = 0;
  bool retracted = false;
  Fact fact;
};

// What is appended: the next version of `record`. `version` must be one more than the newest
// stored, else the store refuses.
template <typename Fact>
struct NewVersion {
  RecordId record;
  int64_t version = 1;
  bool retract = false;
  std::string source;      // form|cli|fhir|omop|redcap|csv|claims|transfer|assumed (consents only)
  std::string source_ref;  // keyed hash of system + record number, 32 bytes; empty for forms
  std::string reason;      // empty for version 1
  Fact fact;
};

// Rows of all fact tables, in the order in which they refer to each other.
template <template <typename> typename Row>
struct FactRows {
  std::vector<Row<PatientFact>> patients;
  std::vector<Row<ConsentFact>> consents;
  std::vector<Row<CoverageFact>> coverages;
  std::vector<Row<ConditionFact>> conditions;
  std::vector<Row<EpisodeFact>> episodes;
  std::vector<Row<InfusionFact>> infusions;
  std::vector<Row<VisitFact>> visits;
  std::vector<Row<ResponseFact>> responses;
  std::vector<Row<EventFact>> events;
  std::vector<Row<MeasureFact>> measures;
  std::vector<Row<TransgeneFact>> transgenes;
  std::vector<Row<ContractLinkFact>> contract_links;
  std::vector<Row<ContactTryFact>> contact_tries;

  auto Tables() { return TablesOf(*this); }
  auto Tables() const { return TablesOf(*this); }

 private:
  static auto TablesOf(auto& rows) {
    return std::tie(rows.patients, rows.consents, rows.coverages, rows.conditions, rows.episodes,
                    rows.infusions, rows.visits, rows.responses, rows.events, rows.measures,
                    rows.transgenes, rows.contract_links, rows.contact_tries);
  }
};
using FactBatch = FactRows<NewVersion>;

// Calls f(a's table, b's table, ...) for every fact table, in order.
template <typename F, typename First, typename... Rest>
void ForEachTable(F f, First&& first, Rest&&... rest) {
  [&]<size_t... I>(std::index_sequence<I...>) {
    const auto call = [&]<size_t Table>(std::integral_constant<size_t, Table>) {
      f(std::get<Table>(first.Tables()), std::get<Table>(rest.Tables())...);
    };
    (call(std::integral_constant<size_t, I>()), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(first.Tables())>>());
}

// By patient, the products of all infusions that were ever recorded of it, in the order in which
// they count (product_list.h).
using ProductLists = absl::flat_hash_map<Pseudonym, std::vector<std::string>>;

// What is known at a moment.
struct FactSet : FactRows<Versioned> {
  ProductLists products;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_
