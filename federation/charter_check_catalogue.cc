#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "federation/charter_check.h"
#include "federation/charter_check_fields.h"

namespace perdura::federation {
namespace {

using charter_check::Bad;
using charter_check::CheckName;
using charter_check::CheckText;
using charter_check::CheckUnique;
using charter_check::CheckVersioned;
using charter_check::Has;

// 2299-12-31.
constexpr int64_t kLastDay = 120529;

bool HasWord(const google::protobuf::RepeatedPtrField<std::string>& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Sources whose values are words; the others are whole numbers.
bool IsCoded(v1::AttributeSource source) {
  return source == v1::ATTRIBUTE_PRODUCT || source == v1::ATTRIBUTE_INDICATION ||
         source == v1::ATTRIBUTE_SUBTYPE || source == v1::ATTRIBUTE_SEX ||
         source == v1::ATTRIBUTE_RISK_GROUP;
}

// A patient falls into one group at most: the sensitivity of a grouped table rests on it.
absl::Status CheckDisjoint(const v1::Attribute& attribute) {
  std::set<std::string> values;
  std::map<int64_t, int64_t> bands;  // low -> high
  for (const v1::Category& category : attribute.categories()) {
    const auto bad = [&](absl::string_view what) {
      return Bad("malformed",
                 absl::StrCat("attributes ", attribute.id(), ".", category.id(), ": ", what));
    };
    if (IsCoded(attribute.source()) == category.values().empty()) {
      return bad(category.values().empty() ? "values are required" : "low and high, no values");
    }
    for (const std::string& value : category.values()) {
      if (!values.insert(value).second) return bad("a value of another category");
    }
    if (IsCoded(attribute.source())) continue;
    if (category.low() > category.high()) return bad("low exceeds high");
    if (!bands.emplace(category.low(), category.high()).second) return bad("overlaps another");
  }
  for (auto band = bands.begin(); band != bands.end(); ++band) {
    const auto next = std::next(band);
    if (next == bands.end() || band->second < next->first) continue;
    return Bad("malformed", absl::StrCat("attributes ", attribute.id(), ": bands overlap"));
  }
  return absl::OkStatus();
}

absl::Status CheckAttributes(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("attributes", charter.attributes()));
  for (const v1::Attribute& attribute : charter.attributes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("attributes.id", attribute.id()));
    if (attribute.source() == v1::ATTRIBUTE_SOURCE_UNSPECIFIED ||
        !v1::AttributeSource_IsValid(attribute.source()) || attribute.categories().empty()) {
      return Bad("malformed", absl::StrCat("attributes ", attribute.id(),
                                           ": source and categories are required"));
    }
    PERDURA_RETURN_IF_ERROR(
        CheckUnique(absl::StrCat("attributes ", attribute.id()), attribute.categories()));
    for (const v1::Category& category : attribute.categories()) {
      PERDURA_RETURN_IF_ERROR(CheckName("attributes.categories.id", category.id()));
    }
    PERDURA_RETURN_IF_ERROR(CheckText("attributes.display_name", attribute.display_name()));
    PERDURA_RETURN_IF_ERROR(CheckDisjoint(attribute));
  }
  return absl::OkStatus();
}

absl::Status CheckCuts(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("data_cuts", charter.data_cuts()));
  for (const v1::DataCut& cut : charter.data_cuts()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("data_cuts.id", cut.id()));
    PERDURA_RETURN_IF_ERROR(CheckName("data_cuts.period", cut.period()));
    if (cut.cutoff_day() < 0 || cut.cutoff_day() > kLastDay) {
      return Bad("malformed", absl::StrCat("data_cuts ", cut.id(), ".cutoff_day: in [0, ", kLastDay,
                                           "] days since 1970"));
    }
    if (cut.known_at() < (cut.cutoff_day() + 1) * 86400) {
      return Bad("malformed", absl::StrCat("data_cuts ", cut.id(),
                                           ".known_at: not before the end of cutoff_day"));
    }
    if (cut.state() != v1::CUT_OPEN && cut.state() != v1::CUT_CLOSED) {
      return Bad("malformed", absl::StrCat("data_cuts ", cut.id(), ".state is unset"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAnalystRights(const v1::Charter& charter) {
  for (const v1::Analyst& analyst : charter.analysts()) {
    const auto unknown = [&analyst](absl::string_view field, absl::string_view name) {
      return Bad("malformed", absl::StrCat("analysts ", analyst.id(), ".", field, ": `", name,
                                           "` is not in the charter"));
    };
    for (const std::string& role : analyst.roles()) {
      if (std::none_of(charter.role_scopes().begin(), charter.role_scopes().end(),
                       [&](const v1::RoleScope& line) { return line.role() == role; })) {
        return unknown("roles", role);
      }
    }
    for (const std::string& purpose : analyst.purposes()) {
      if (!HasWord(charter.purposes(), purpose)) return unknown("purposes", purpose);
    }
    for (const std::string& product : analyst.products()) {
      if (!Has(charter.products(), product)) return unknown("products", product);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCatalogue(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("products", charter.products()));
  for (const v1::Product& product : charter.products()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("products.id", product.id()));
    if (product.product_class() == v1::PRODUCT_CLASS_UNSPECIFIED ||
        !v1::ProductClass_IsValid(product.product_class())) {
      return Bad("malformed", absl::StrCat("products ", product.id(), ".product_class is unset"));
    }
    PERDURA_RETURN_IF_ERROR(CheckText("products.display_name", product.display_name()));
  }
  PERDURA_RETURN_IF_ERROR(CheckUnique("indications", charter.indications()));
  for (const v1::Indication& indication : charter.indications()) {
    PERDURA_RETURN_IF_ERROR(CheckName("indications.id", indication.id()));
    PERDURA_RETURN_IF_ERROR(CheckText("indications.display_name", indication.display_name()));
    for (const std::string& subtype : indication.subtypes()) {
      PERDURA_RETURN_IF_ERROR(CheckName("indications.subtypes", subtype));
    }
  }
  for (const std::string& purpose : charter.purposes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("purposes", purpose));
  }
  std::set<std::string> roles;
  for (const v1::RoleScope& line : charter.role_scopes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("role_scopes.role", line.role()));
    if (!roles.insert(line.role()).second || line.scope() == v1::CONSENT_SCOPE_UNSPECIFIED ||
        !v1::ConsentScope_IsValid(line.scope())) {
      return Bad("malformed", "role_scopes: each role once, with a scope");
    }
  }
  PERDURA_RETURN_IF_ERROR(CheckEndpoints(charter));
  PERDURA_RETURN_IF_ERROR(CheckAttributes(charter));
  PERDURA_RETURN_IF_ERROR(CheckCuts(charter));
  return CheckAnalystRights(charter);
}

}  // namespace perdura::federation
