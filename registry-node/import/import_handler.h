#ifndef PERDURA_REGISTRY_NODE_IMPORT_IMPORT_HANDLER_H_
#define PERDURA_REGISTRY_NODE_IMPORT_IMPORT_HANDLER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/random_source.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/registry.pb.h"
#include "registry-node/import/patient_merge.h"
#include "registry-node/import/row_mapper.h"
#include "registry-node/store/fact_store.h"
#include "registry-node/store/vault_store.h"

namespace perdura::registry_node {

// One file as it came.
struct ImportFile {
  std::string name;  // "patients.csv"
  std::string bytes;
};

// Takes plain CSV (docs/import.md) into the vault and the fact store.
//
//   parse -> map -> merge with what is known -> type rules -> report -> vault rows (own commit) ->
//   facts + import log (one transaction)
//
// Nothing is half-imported: one error and nothing is written, or, with `leave_out_bad_patients`,
// whole patients stay out and are listed. Importing the same files again adds nothing; another
// value makes a new version with reason source_corrected; what is absent from a file is never
// retracted. After a crash at any point, running again finishes the job. The report may show coded
// values and numbers; it stays at the centre. Identity fields are never shown. Thread-compatible:
// one import at a time, the caller's duty.
class ImportHandler final {
 public:
  struct Options {
    FactStore& facts;
    Vault& vault;
    base::RandomSource& random;
  };

  // All references must outlive the handler.
  explicit ImportHandler(Options options) : options_(options) {}

  // `charter`: the charter in force, for products, indications and plausible ranges. `now`: nothing
  // may be dated after its day, in any time zone. Bad data are findings of the response, never a
  // status. Returns InvalidArgument for `source_system` that is no name or unknown here without
  // `new_system`, and the errors of the stores.
  absl::StatusOr<v1::ImportResponse> Run(const std::vector<ImportFile>& files,
                                         const v1::ImportOptions& options,
                                         const v1::Charter& charter, absl::Time now);

 private:
  absl::Status Write(const std::vector<ImportFile>& files, const v1::ImportOptions& options,
                     const Drafts& drafts, const Known& known, const MergedPatients& merged,
                     v1::ImportResponse& response);

  Options options_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_IMPORT_HANDLER_H_
