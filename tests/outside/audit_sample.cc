// Writes the files of a simulated federation that has answered two questions about the same
// patients, for `perdura audit` (SIMULATED data):
//   audit_sample FOLDER
// authority.pin                         what every party pins
// aggregator.db, ohio.db, alfred.db     copies of databases
// first.release, second.release         the second lists the first
// hiding.release                        the second as an aggregator signs it that hides the first
// manifest.txt                          hash of the first manifest
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/logging.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "query/plan.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {
namespace {

absl::Status CopyDatabase(base::Database& database, const std::string& path) {
  PERDURA_RETURN_IF_ERROR(database.BackupTo(path));
  return base::Database::Open({.path = path}).status();  // gives it the journal that files have
}

absl::StatusOr<v1::ReleaseBundle> AskOnce(SimulatedFederation& sim, uint64_t units) {
  query::PlanRequest request;
  request.endpoint = "overall-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  request.charge_units = units;
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, query::Plan::Build(request, *sim.charter()));
  PERDURA_ASSIGN_OR_RETURN(const v1::Answer answer, sim.Ask(sim.MakeAsk(plan.text())));
  v1::ReleaseBundle bundle;
  if (!bundle.ParseFromString(answer.bundle())) return absl::InternalError("no bundle");
  return bundle;
}

absl::StatusOr<v1::ReleaseBundle> Hiding(v1::ReleaseBundle bundle,
                                         const test_support::TestFederation& federation) {
  v1::Release release;
  if (!release.ParseFromString(bundle.release().payload())) {
    return absl::InternalError("no release");
  }
  release.clear_siblings();
  *bundle.mutable_release() = federation::SignMessage(federation::MessageType::kRelease, release,
                                                      federation.aggregator_key(), "aggregator");
  while (bundle.entries_size() > 1) bundle.mutable_entries()->RemoveLast();
  return bundle;
}

absl::Status WriteRelease(const std::string& path, const v1::ReleaseBundle& bundle) {
  return base::WriteFileAtomic(path, bundle.SerializeAsString());
}

absl::Status WriteSample(const std::string& folder) {
  constexpr uint64_t kUnits = uint64_t{1} << 50;
  SimulatedFederation sim(test_support::TestFederation::Make(
                              {.cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED}),
                          /*seed=*/17, Faults{}, {});
  sim.RunFor(absl::Milliseconds(400));
  PERDURA_ASSIGN_OR_RETURN(const v1::ReleaseBundle first, AskOnce(sim, kUnits));
  PERDURA_ASSIGN_OR_RETURN(const v1::ReleaseBundle second, AskOnce(sim, kUnits + 1));
  PERDURA_ASSIGN_OR_RETURN(const v1::ReleaseBundle hiding, Hiding(second, sim.federation()));
  PERDURA_RETURN_IF_ERROR(WriteRelease(folder + "/first.release", first));
  PERDURA_RETURN_IF_ERROR(WriteRelease(folder + "/second.release", second));
  PERDURA_RETURN_IF_ERROR(WriteRelease(folder + "/hiding.release", hiding));
  PERDURA_RETURN_IF_ERROR(
      base::WriteFileAtomic(folder + "/manifest.txt",
                            base::HexEncode(federation::PayloadId(first.manifest().payload()))));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(
      folder + "/authority.pin", federation::PrintAuthorityPin(sim.federation().pin)));
  PERDURA_RETURN_IF_ERROR(CopyDatabase(sim.desk_database(), folder + "/aggregator.db"));
  for (const char* member : {"ohio", "alfred"}) {
    PERDURA_RETURN_IF_ERROR(
        CopyDatabase(sim.registry(member), absl::StrCat(folder, "/", member, ".db")));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace perdura::simulation

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: audit_sample FOLDER\n", stderr);
    return 2;
  }
  const absl::Status status = perdura::simulation::WriteSample(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "audit_sample: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
