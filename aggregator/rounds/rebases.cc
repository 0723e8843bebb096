// Rebases at the aggregator. Another part of RoundDesk.

#include "aggregator/rounds/round_desk.h"
#include "base/logging.h"
#include "base/status_macros.h"
#include "federation/ledger/rebase_install.h"
#include "federation/log/entries.h"
#include "federation/rebase.h"

namespace perdura::aggregator {

absl::Status RoundDesk::ReadRebases() {
  PERDURA_ASSIGN_OR_RETURN(const auto kept, options_.store.Rebases());
  rebases_.clear();
  told_rebases_.clear();
  for (const std::string& bytes : kept) {
    if (!rebases_.emplace_back().ParseFromString(bytes)) {
      return absl::DataLossError("a kept rebase is damaged");
    }
  }
  return absl::OkStatus();
}

// With whatever is answered anyway, and once by themselves when there is a new one.
void RoundDesk::TellRebases(const std::string& member, v1::PollResponse& response) {
  const bool idle = response.ByteSizeLong() == 0;
  if (idle && told_rebases_.contains(member)) return;
  for (const v1::Envelope& rebase : rebases_) *response.add_rebases() = rebase;
  told_rebases_.insert(member);
}

absl::Status RoundDesk::AcceptRebase(const v1::RebaseFile& file, base::RandomSource& random,
                                     absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(
      const federation::OpenedRebase rebase,
      federation::OpenRebase(file.rebase(), chain_, options_.store.generations()));
  const std::string& party = rebase.rebase.party();
  if (party == options_.id) {
    PERDURA_RETURN_IF_ERROR(InstallOwn(rebase, file, random, now));
  } else {
    PERDURA_RETURN_IF_ERROR(options_.store.SaveRebase(rebase));
  }
  base::LogInfo("rebase.accepted", {{"party", party}, {"generation", rebase.rebase.generation()}});
  PERDURA_RETURN_IF_ERROR(ReadRebases());
  return log_.OnRebase(party);
}

absl::Status RoundDesk::InstallOwn(const federation::OpenedRebase& rebase,
                                   const v1::RebaseFile& file, base::RandomSource& random,
                                   absl::Time now) {
  PERDURA_RETURN_IF_ERROR(federation::CheckInstallable(rebase.rebase, file, *chain_.current()));
  federation::RebaseInstall install{.rebase = rebase,
                                    .known = {},
                                    .cut_known_at = 0,
                                    .entry_kind = kStateReserved,
                                    .state = kStateBurnt,
                                    .at_micros = absl::ToUnixMicros(now)};
  install.cut_known_at = federation::NewestCutKnownAt(*chain_.current(), install.at_micros);
  PERDURA_ASSIGN_OR_RETURN(install.known, federation::KnownDebits(file));
  for (auto& [hash, round] : rounds_) {
    round->Abandon("restored");
    PERDURA_RETURN_IF_ERROR(Persist(*round, now));
  }
  return options_.store.InstallRebase(
      install,
      federation::log::StartEntry(options_.id, install.at_micros, "rebase", rebase.id, random));
}

}  // namespace perdura::aggregator
