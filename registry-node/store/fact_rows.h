#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
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

// Rows of all fact tables.
template <template <typename> typename Row>
struct FactRows {
  std::vector<Row<PatientFact>> patients;
  std::vector<Row<ConsentFact>> consents;
  std::vector<Row<ConditionFact>> conditions;
  std::vector<Row<EpisodeFact>> episodes;
  std::vector<Row<InfusionFact>> infusions;
  std::vector<Row<VisitFact>> visits;
  std::vector<Row<EventFact>> events;
};
using FactBatch = FactRows<NewVersion>;

// By patient, the products of all infusions that were ever recorded of it, in the order in which
// they count (product_list.h).
using ProductLists = absl::flat_hash_map<Pseudonym, std::vector<std::string>>;

// What is known at a moment.
struct FactSet : FactRows<Versioned> {
  ProductLists products;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_ROWS_H_
