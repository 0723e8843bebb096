#include "aggregator/rounds/commit_choice.h"

#include <algorithm>
#include <optional>

#include "base/reason.h"

namespace perdura::aggregator {
namespace {

struct Choice {
  std::vector<int> dealers;  // steward indices, from 1
  std::vector<std::string> contributors;
};

using Lists = std::vector<const v1::Have*>;

// Calls `visit` with every choice of `size` of the lists.
template <typename Visit>
void ForEachQuorum(const Lists& lists, int size, Visit visit) {
  std::vector<bool> chosen(lists.size(), false);
  std::fill(chosen.begin(), chosen.begin() + size, true);
  do {
    Lists quorum;
    for (size_t i = 0; i < lists.size(); ++i) {
      if (chosen[i]) quorum.push_back(lists[i]);
    }
    visit(quorum);
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
}

bool Accepted(const v1::Have& have, v1::ContributionRole role, const std::string& member,
              const std::string& id) {
  return std::any_of(
      have.accepted().begin(), have.accepted().end(), [&](const v1::HaveEntry& entry) {
        return entry.role() == role && entry.member() == member && entry.contribution_id() == id;
      });
}

// Members whose contribution all of the quorum hold, sorted.
std::vector<std::string> HeldByAll(const Lists& quorum, v1::ContributionRole role,
                                   const std::map<std::string, SentContribution>& sent) {
  std::vector<std::string> held;
  for (const auto& [member, contribution] : sent) {
    const std::string& name = member;
    const std::string& id = contribution.id;
    if (std::all_of(quorum.begin(), quorum.end(),
                    [&](const v1::Have* have) { return Accepted(*have, role, name, id); })) {
      held.push_back(member);
    }
  }
  return held;
}

class Chooser final {
 public:
  explicit Chooser(const CommitMaterial& material)
      : material_(material),
        charter_(material.charter),
        min_entities_(static_cast<int>(charter_.proto().committee().min_entities())) {}

  std::optional<Choice> Best() {
    Lists lists;
    for (const auto& [member, have] : material_.haves) lists.push_back(&have);
    const int q = charter_.quorum().q;
    if (static_cast<int>(lists.size()) < q) return std::nullopt;
    ForEachQuorum(lists, q, [this](const Lists& quorum) { Consider(quorum); });
    return std::move(best_);
  }
  const std::string& why_not() const { return why_not_; }

 private:
  void Consider(const Lists& quorum) {
    Choice choice{.dealers = Dealers(quorum), .contributors = {}};
    if (static_cast<int>(choice.dealers.size()) < charter_.quorum().q) return;
    choice.dealers.resize(static_cast<size_t>(charter_.quorum().q));
    const std::vector<std::string> available =
        HeldByAll(quorum, v1::CONTRIBUTION_ROLE_NODE, material_.uploads);
    if (charter_.CountEntities(available) < min_entities_) {
      why_not_ = "too_few_contributors";
      return;
    }
    choice.contributors = Allowed(available);
    if (charter_.CountEntities(choice.contributors) < min_entities_) {
      why_not_ = "overlap";
      return;
    }
    if (!best_.has_value() || choice.contributors.size() > best_->contributors.size()) {
      best_ = std::move(choice);
    }
  }

  std::vector<int> Dealers(const Lists& quorum) const {
    std::vector<int> dealers;
    for (const std::string& member :
         HeldByAll(quorum, v1::CONTRIBUTION_ROLE_DEALER, material_.deals)) {
      dealers.push_back(charter_.StewardIndex(member));
    }
    std::sort(dealers.begin(), dealers.end());
    return dealers;
  }

  // As the stewards will check KC7: all that is available, or the largest earlier set within it.
  std::vector<std::string> Allowed(const std::vector<std::string>& available) const {
    std::vector<std::vector<std::string>> candidates = {available};
    for (const std::vector<std::string>& set : material_.released_sets) {
      if (std::includes(available.begin(), available.end(), set.begin(), set.end())) {
        candidates.push_back(set);
      }
    }
    std::vector<std::string> best;
    for (const std::vector<std::string>& candidate : candidates) {
      const bool allowed =
          std::all_of(material_.released_sets.begin(), material_.released_sets.end(),
                      [&](const std::vector<std::string>& set) {
                        return charter_.MayBothBeReleased(candidate, set);
                      });
      if (allowed && candidate.size() > best.size()) best = candidate;
    }
    return best;
  }

  const CommitMaterial& material_;
  const federation::Charter& charter_;
  const int min_entities_;
  std::optional<Choice> best_;
  // Of the last quorum of lists that shared enough dealers.
  std::string why_not_ = "too_few_stewards";
};

void AddEntry(const std::string& member, const std::map<std::string, SentContribution>& sent,
              v1::CommitEntry& entry) {
  entry.set_member(member);
  entry.set_contribution_id(sent.at(member).id);
}

}  // namespace

absl::StatusOr<v1::Commit> ChooseCommit(const CommitMaterial& material) {
  Chooser chooser(material);
  const std::optional<Choice> choice = chooser.Best();
  if (!choice.has_value()) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, chooser.why_not(),
                        "no commit can be made");
  }
  v1::Commit commit;
  commit.set_charter_hash(material.charter.hash());
  commit.set_manifest_hash(material.manifest_hash);
  for (const std::string& member : choice->contributors) {
    AddEntry(member, material.uploads, *commit.add_contributors());
  }
  for (const int dealer : choice->dealers) {
    AddEntry(material.charter.proto().committee().stewards(dealer - 1), material.deals,
             *commit.add_dealers());
  }
  return commit;
}

}  // namespace perdura::aggregator
