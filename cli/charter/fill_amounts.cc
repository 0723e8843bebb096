#include "cli/charter/fill_amounts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/charter/stated_amount.h"
#include "google/protobuf/message.h"

namespace perdura::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Places = google::protobuf::TextFormat::ParseInfoTree;

Rounding RoundingOf(const FieldDescriptor& amount) {
  return amount.full_name() == "perdura.v1.Charter.default_charge" ||
                 amount.full_name() == "perdura.v1.PatientGuarantee.amount"
             ? Rounding::kUp
             : Rounding::kDown;
}

// The currency of the amounts in `message`: that of the compartment it names.
Currency CurrencyWithin(const Message& message) {
  const FieldDescriptor* compartment = message.GetDescriptor()->FindFieldByName("compartment");
  return compartment != nullptr && message.GetReflection()->GetEnumValue(message, compartment) ==
                                       v1::COMPARTMENT_FLAGSHIP
             ? Currency::kEpsilon
             : Currency::kRho;
}

absl::Status FillAmount(v1::Amount& amount, const FieldDescriptor& field, Currency currency,
                        const Places* place) {
  if (amount.stated().empty()) return absl::OkStatus();
  const FieldDescriptor* stated = v1::Amount::descriptor()->FindFieldByName("stated");
  const auto units = UnitsOfStated(amount.stated(), RoundingOf(field), currency);
  if (!units.ok()) return DraftError(place, stated, -1, units.status().message());
  if (amount.units() != 0 && amount.units() != *units) {
    return DraftError(
        place, stated, -1,
        absl::StrCat("this is ", *units,
                     " units, the draft has another number beside it; remove `units`"));
  }
  amount.set_units(*units);
  return absl::OkStatus();
}

absl::Status FillWithin(Message& message, const Places* place) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      Message& inner =
          *(field->is_repeated() ? reflection.MutableRepeatedMessage(&message, field, i)
                                 : reflection.MutableMessage(&message, field));
      const Places* inner_place =
          place == nullptr ? nullptr
                           : place->GetTreeForNested(field, field->is_repeated() ? i : -1);
      if (field->message_type() == v1::Amount::descriptor()) {
        PERDURA_RETURN_IF_ERROR(FillAmount(static_cast<v1::Amount&>(inner), *field,
                                           CurrencyWithin(message), inner_place));
      } else {
        PERDURA_RETURN_IF_ERROR(FillWithin(inner, inner_place));
      }
    }
  }
  return absl::OkStatus();
}

bool HasGuarantee(const v1::Charter& charter, v1::Compartment compartment,
                  const std::string& period) {
  return std::any_of(charter.patient_guarantees().begin(), charter.patient_guarantees().end(),
                     [&](const v1::PatientGuarantee& one) {
                       return one.compartment() == compartment && one.period() == period;
                     });
}

}  // namespace

absl::Status FillAmounts(DraftText& draft) { return FillWithin(draft.charter, &draft.places); }

void FillGuarantees(v1::Charter& charter) {
  std::map<std::pair<v1::Compartment, std::string>, std::vector<uint64_t>> caps;
  for (const v1::Budget& budget : charter.budgets()) {
    caps[{budget.compartment(), budget.period()}].push_back(budget.cap().units());
  }
  for (auto& [line, units] : caps) {
    if (HasGuarantee(charter, line.first, line.second)) continue;
    std::sort(units.begin(), units.end(), std::greater<>());
    const size_t most = std::min<size_t>(units.size(), charter.products_per_patient());
    v1::PatientGuarantee& guarantee = *charter.add_patient_guarantees();
    guarantee.set_compartment(line.first);
    guarantee.set_period(line.second);
    uint64_t sum = 0;
    for (size_t i = 0; i < most; ++i) sum += units[i];
    guarantee.mutable_amount()->set_units(sum);
  }
}

}  // namespace perdura::cli
