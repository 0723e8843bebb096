#include "tests/simulation/explorer/step.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace perdura::explorer {
namespace {

constexpr std::array<const char*, 9> kKindNames = {
    "advance",  "announce",           "deliver",          "draft", "certificate", "restart",
    "rollback", "crash-before-store", "crash-after-store"};
constexpr std::array<const char*, kRollbackPoints> kPointNames = {
    "before its deal", "after its deal", "after its have list"};

constexpr uint64_t kStepsPerMoment = 40;

std::string ManifestName(int manifest) { return manifest == 0 ? "A" : "B"; }

std::string ObjectOf(const Step& step, const Script& script) {
  const auto index = static_cast<size_t>(step.what);
  switch (step.kind) {
    case Kind::kAnnounce:
      return ManifestName(step.what);
    case Kind::kDeliver:
      return absl::StrCat(ManifestName(script.batches[index].manifest), " ",
                          script.batches[index].name);
    case Kind::kDraft:
    case Kind::kCertificate:
    case Kind::kCrashBeforeStore:
    case Kind::kCrashAfterStore:
      return absl::StrCat(ManifestName(script.drafts[index].manifest), " ",
                          script.drafts[index].name);
    case Kind::kRollback:
      return kPointNames[index];
    case Kind::kAdvance:
    case Kind::kRestart:
      break;
  }
  return "";
}

}  // namespace

std::vector<Step> AllSteps(const Script& script, const Scenario& scenario, bool crashes) {
  std::vector<Step> steps;
  for (int steward = 0; steward < script.honest(); ++steward) {
    const auto add = [&](Kind kind, size_t from, size_t to) {
      for (size_t what = from; what < to; ++what) {
        steps.push_back({kind, steward, static_cast<int>(what)});
      }
    };
    add(Kind::kAnnounce, 0, script.manifests.size());
    add(Kind::kDeliver, 0, script.batches.size());
    add(Kind::kDraft, 0, script.drafts.size());
    add(Kind::kCertificate, 0, script.drafts.size());
    if (crashes) {
      add(Kind::kCrashBeforeStore, 0, script.drafts.size());
      add(Kind::kCrashAfterStore, 0, script.drafts.size());
    }
    add(Kind::kRestart, 0, 1);
    if (steward == 0 && scenario.rollbacks > 0) {
      add(Kind::kRollback, static_cast<size_t>(scenario.oldest), kRollbackPoints);
    }
  }
  return steps;
}

Step Dice::Next() {
  if (random_.Below(kStepsPerMoment) == 0) return {.kind = Kind::kAdvance};
  while (true) {
    const Step step = steps_[random_.Below(steps_.size())];
    if (step.kind < Kind::kRestart || random_.Below(restart_rarity_) == 0) return step;
  }
}

std::string NameOf(const Step& step, const Script& script) {
  const char* kind = kKindNames[static_cast<size_t>(step.kind)];
  if (step.kind == Kind::kAdvance) return kind;
  const std::string object = ObjectOf(step, script);
  return absl::StrCat(kind, "(steward ", step.steward + 1, object.empty() ? "" : ", ", object, ")");
}

}  // namespace perdura::explorer
