#include "federation/audit/sibling_audit.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/audit/sibling_facts.h"
#include "federation/plan_fields.h"

namespace perdura::federation {
namespace {

// One release against what the logs say.
class SiblingJudge final {
 public:
  SiblingJudge(const OpenedBundle& opened, const AttemptBook& book,
               const std::set<std::string>& released, AuditReport& report)
      : opened_(opened), book_(book), released_(released), report_(report) {
    for (const v1::Sibling& sibling : opened.release.siblings()) {
      listed_[sibling.manifest_hash()] = sibling.end_state();
    }
    const auto own = book.find(opened.manifest_hash);
    if (own != book.end()) own_ = own->second;
  }

  void Run() {
    report_.Note(absl::StrCat("release ", base::HexEncode(opened_.release_id), ", manifest ",
                              base::HexEncode(opened_.manifest_hash), ", lists ", listed_.size(),
                              " sibling(s)"));
    for (const auto& [hash, state] : listed_) Judge(hash, FactsOf(hash));
    const std::string key = OverlapKeyOfPlan(opened_.manifest.plan());
    for (const auto& [hash, facts] : book_) {
      if (listed_.contains(hash) || hash == opened_.manifest_hash) continue;
      if (!key.empty() && facts.overlap_key == key) Judge(hash, facts);
      if (!facts.overlap_key.has_value() && !facts.dealt.empty()) {
        report_.Note(absl::StrCat("  ", base::HexEncode(hash),
                                  " dealt, its manifest is in none of the files"));
      }
    }
  }

 private:
  AttemptFacts FactsOf(const std::string& hash) const {
    const auto found = book_.find(hash);
    return found == book_.end() ? AttemptFacts{} : found->second;
  }

  void Judge(const std::string& hash, const AttemptFacts& facts) {
    const auto listed = listed_.find(hash);
    const std::string line = absl::StrCat(
        base::HexEncode(hash), " ",
        listed == listed_.end() ? "not listed" : absl::StrCat("listed as ", listed->second), "; ",
        FateOf(hash, facts));
    const std::optional<std::string> wrong =
        listed == listed_.end() ? WhyHidden(facts) : WhyFalse(listed->second, facts);
    if (wrong.has_value()) {
      report_.Problem(absl::StrCat("  ", line, "; ", *wrong));
    } else {
      report_.Note(absl::StrCat("  ", line, listed == listed_.end() ? "; later" : ""));
    }
  }

  // What became of an attempt, as far as the files show.
  std::string FateOf(const std::string& hash, const AttemptFacts& facts) const {
    const auto summed = static_cast<int>(facts.summed.size());
    const std::string sums = absl::StrCat(summed, " steward(s) summed it");
    if (released_.contains(hash) || facts.end_state == "released") {
      return absl::StrCat("released, ", sums);
    }
    if (summed >= opened_.charter->quorum().t) {
      return absl::StrCat("WITHHELD: ", sums, ", ", opened_.charter->quorum().t,
                          " are enough, and no release of it is here");
    }
    return absl::StrCat(facts.end_state.empty() ? "open" : facts.end_state, ", ", sums);
  }

  // Nothing unless the files show that the aggregator had the attempt when it made the release.
  std::optional<std::string> WhyHidden(const AttemptFacts& facts) const {
    const LoggedAt end{.origin = opened_.reserved->checkpoint.origin,
                       .seq = opened_.reserved->checkpoint.size};
    if (facts.reserved.has_value() && facts.reserved->IsBefore(end)) {
      return absl::StrCat("hidden: entry ", facts.reserved->seq,
                          " of the aggregator's log, in front of the release's checkpoint of ",
                          end.seq, " entries");
    }
    if (auto why = WhyDealtBefore(facts, opened_.certified_by, own_.committed, "signed"))
      return why;
    if (auto why = WhyDealtBefore(facts, opened_.summed_by, own_.summed, "summed")) return why;
    return WhySummedBefore(facts);
  }

  // `gave`: the entries of what `stewards` gave to this release, each in its own log.
  static std::optional<std::string> WhyDealtBefore(const AttemptFacts& facts,
                                                   const std::vector<std::string>& stewards,
                                                   const std::map<std::string, LoggedAt>& gave,
                                                   absl::string_view verb) {
    for (const std::string& steward : stewards) {
      const auto dealt = facts.dealt.find(steward);
      const auto given = gave.find(steward);
      if (dealt != facts.dealt.end() && given != gave.end() &&
          dealt->second.IsBefore(given->second)) {
        return absl::StrCat("hidden: ", steward, " dealt for it before it ", verb, " the release");
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> WhySummedBefore(const AttemptFacts& facts) const {
    if (!own_.ended.has_value()) return std::nullopt;
    const uint64_t skew = uint64_t{opened_.charter->proto().limits().skew_ms()} * 1000;
    for (const auto& [steward, summed] : facts.summed) {
      if (summed.time + skew < own_.ended->time) {
        return absl::StrCat("hidden: ", steward, " summed it before the release was made");
      }
    }
    return std::nullopt;
  }

  // Nothing unless the aggregator's log had another state when it logged this release.
  std::optional<std::string> WhyFalse(const std::string& listed, const AttemptFacts& facts) const {
    if (!own_.ended.has_value()) return std::nullopt;
    const bool had_ended = facts.ended.has_value() && facts.ended->IsBefore(*own_.ended);
    const std::string state = had_ended ? facts.end_state : "reserved";
    if (listed == state) return std::nullopt;
    return absl::StrCat("false: the aggregator's log says ", state, " at this release");
  }

  const OpenedBundle& opened_;
  const AttemptBook& book_;
  const std::set<std::string>& released_;
  AuditReport& report_;
  // By manifest hash: end state.
  std::map<std::string, std::string> listed_;
  AttemptFacts own_;
};

}  // namespace

absl::Status AuditSiblings(const std::vector<OpenedBundle>& bundles,
                           const std::vector<std::unique_ptr<LogCopy>>& copies,
                           AuditReport& report) {
  PERDURA_ASSIGN_OR_RETURN(const AttemptBook book, ReadAttempts(copies));
  std::set<std::string> released;
  for (const OpenedBundle& opened : bundles) released.insert(opened.manifest_hash);
  for (const OpenedBundle& opened : bundles) {
    if (!opened.reserved.has_value()) {
      report.Note(absl::StrCat("release ", base::HexEncode(opened.release_id),
                               ", under `witness: none`, lists no siblings"));
      continue;
    }
    for (const auto& copy : copies) {
      if (copy->origin().ToText() != opened.reserved->checkpoint.origin) continue;
      PERDURA_RETURN_IF_ERROR(
          CompareCheckpoint("the release", opened.reserved->checkpoint, *copy, report));
    }
    SiblingJudge(opened, book, released, report).Run();
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
