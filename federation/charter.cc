#include "federation/charter.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "federation/charter_check.h"
#include "federation/envelope.h"

namespace perdura::federation {
namespace {

template <typename Record>
const Record* FindById(const google::protobuf::RepeatedPtrField<Record>& records,
                       absl::string_view id) {
  for (const Record& record : records) {
    if (record.id() == id) return &record;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Charter>> Charter::Create(absl::string_view payload) {
  std::shared_ptr<Charter> charter(new Charter());
  PERDURA_RETURN_IF_ERROR(ParseStrictly(payload, charter->proto_));
  charter->hash_ = PayloadId(payload);
  PERDURA_RETURN_IF_ERROR(charter->Check());
  return std::shared_ptr<const Charter>(std::move(charter));
}

absl::Status Charter::Check() {
  PERDURA_RETURN_IF_ERROR(CheckCharterFrame(proto_));
  PERDURA_RETURN_IF_ERROR(CheckParties(proto_));
  PERDURA_ASSIGN_OR_RETURN(quorum_, CheckCommittee(proto_));
  for (const std::string& steward : proto_.committee().stewards()) {
    steward_keys_.push_back(FindMember(steward)->sign_key());
  }
  PERDURA_ASSIGN_OR_RETURN(grids_, CheckGrids(proto_));
  PERDURA_ASSIGN_OR_RETURN(strategies_, CheckStrategies(proto_, grids_));
  PERDURA_RETURN_IF_ERROR(CheckCatalogue(proto_));
  PERDURA_RETURN_IF_ERROR(CheckBudgets(proto_));
  return CheckLimits(proto_);
}

const v1::Member* Charter::FindMember(absl::string_view id) const {
  return FindById(proto_.members(), id);
}
const v1::Analyst* Charter::FindAnalyst(absl::string_view id) const {
  return FindById(proto_.analysts(), id);
}
const v1::Product* Charter::FindProduct(absl::string_view id) const {
  return FindById(proto_.products(), id);
}
const v1::Endpoint* Charter::FindEndpoint(absl::string_view id) const {
  return FindById(proto_.endpoints(), id);
}
const v1::Attribute* Charter::FindAttribute(absl::string_view id) const {
  return FindById(proto_.attributes(), id);
}
const v1::DataCut* Charter::FindCut(absl::string_view id) const {
  return FindById(proto_.data_cuts(), id);
}
const v1::Strategy* Charter::FindStrategyRecord(absl::string_view id) const {
  return FindById(proto_.strategies(), id);
}

const privacy::Grid* Charter::FindGrid(absl::string_view id) const {
  const auto found = grids_.find(id);
  return found == grids_.end() ? nullptr : &found->second;
}

const privacy::Strategy* Charter::FindStrategy(absl::string_view id) const {
  const auto found = strategies_.find(id);
  return found == strategies_.end() ? nullptr : &found->second;
}

const v1::Strategy* Charter::StrategyFor(absl::string_view grid, uint32_t causes) const {
  for (const v1::Strategy& strategy : proto_.strategies()) {
    if (strategy.grid() == grid && strategy.causes() == causes) return &strategy;
  }
  return nullptr;
}

std::optional<v1::ConsentScope> Charter::ScopeOfRole(absl::string_view role) const {
  for (const v1::RoleScope& line : proto_.role_scopes()) {
    if (line.role() == role) return line.scope();
  }
  return std::nullopt;
}

bool Charter::HasPurpose(absl::string_view purpose) const {
  for (const std::string& known : proto_.purposes()) {
    if (known == purpose) return true;
  }
  return false;
}

bool Charter::MemberHasRole(absl::string_view id, v1::MemberRole role) const {
  const v1::Member* member = FindMember(id);
  if (member == nullptr) return false;
  for (const int one : member->roles()) {
    if (one == role) return true;
  }
  return false;
}

int Charter::StewardIndex(absl::string_view member) const {
  const auto& stewards = proto_.committee().stewards();
  for (int i = 0; i < stewards.size(); ++i) {
    if (stewards[i] == member) return i + 1;
  }
  return 0;
}

std::vector<std::string> Charter::NodeIds() const {
  std::vector<std::string> ids;
  for (const v1::Member& member : proto_.members()) {
    if (MemberHasRole(member.id(), v1::MEMBER_ROLE_NODE)) ids.push_back(member.id());
  }
  return ids;
}

int Charter::CountEntities(const std::vector<std::string>& members) const {
  std::set<std::string> entities;
  for (const std::string& id : members) {
    if (const v1::Member* member = FindMember(id); member != nullptr) {
      entities.insert(member->legal_entity());
    }
  }
  return static_cast<int>(entities.size());
}

bool Charter::MayBothBeReleased(const std::vector<std::string>& one,
                                const std::vector<std::string>& other) const {
  std::vector<std::string> difference;
  std::set_symmetric_difference(one.begin(), one.end(), other.begin(), other.end(),
                                std::back_inserter(difference));
  return difference.empty() ||
         CountEntities(difference) >= static_cast<int>(proto_.committee().min_entities());
}

uint64_t Charter::CapUnits(v1::Compartment compartment, absl::string_view product,
                           absl::string_view period) const {
  for (const v1::Budget& budget : proto_.budgets()) {
    if (budget.compartment() == compartment && budget.product() == product &&
        budget.period() == period) {
      return budget.cap().units();
    }
  }
  return 0;
}

uint64_t Charter::AnalystCapUnits(absl::string_view analyst, v1::Compartment compartment) const {
  const v1::Analyst* record = FindAnalyst(analyst);
  if (record == nullptr) return 0;
  for (const v1::AnalystCap& cap : record->caps()) {
    if (cap.compartment() == compartment) return cap.cap().units();
  }
  return 0;
}

uint64_t Charter::PurposeCapUnits(absl::string_view purpose, v1::Compartment compartment) const {
  for (const v1::PurposeCap& cap : proto_.purpose_caps()) {
    if (cap.purpose() == purpose && cap.compartment() == compartment) return cap.cap().units();
  }
  return 0;
}

std::optional<uint64_t> Charter::LifetimeCapUnits(v1::Compartment compartment,
                                                  absl::string_view product) const {
  for (const v1::LifetimeCap& cap : proto_.lifetime_caps()) {
    if (cap.compartment() == compartment && cap.product() == product) return cap.cap().units();
  }
  return std::nullopt;
}

const v1::PlannedRelease* Charter::FindPlanned(absl::string_view plan) const {
  for (const v1::PlannedRelease& planned : proto_.planned_releases()) {
    if (planned.plan() == plan) return &planned;
  }
  return nullptr;
}

bool Charter::ValidAt(absl::Time now) const {
  return now >= absl::FromUnixSeconds(proto_.valid_from()) &&
         now < absl::FromUnixSeconds(proto_.valid_until());
}

}  // namespace perdura::federation
