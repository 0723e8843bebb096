#include "registry-node/derive/fact_table_source.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "registry-node/derive/patient_history.h"
#include "registry-node/derive/placement.h"
#include "registry-node/derive/table_builder.h"
#include "registry-node/derive/table_cells.h"
#include "registry-node/records/dates.h"

namespace perdura::registry_node {
namespace {

ExactExit ExactOf(const Placement& placement) {
  const Derived& derived = *placement.derived;
  const bool day0_event = derived.cause != 0 && derived.exit == 0;
  return {placement.group, static_cast<double>(derived.entry),
          day0_event ? 0.5 : static_cast<double>(derived.exit), derived.cause, derived.evaluable};
}

}  // namespace

absl::Status FactTableSource::CheckSupported(const query::Plan& plan,
                                             const federation::Charter& charter) {
  return TableQuestion::Create(plan, charter.proto()).status();
}

absl::StatusOr<std::vector<int64_t>> FactTableSource::Cells(const query::Plan& plan,
                                                            const query::Layout& layout,
                                                            const federation::Charter& charter,
                                                            ExactTableAccess) {
  PERDURA_ASSIGN_OR_RETURN(const TableQuestion question,
                           TableQuestion::Create(plan, charter.proto()));
  PERDURA_ASSIGN_OR_RETURN(const FactSet facts, facts_.KnownAt(question.known_at_micros));
  const int64_t today = LatestDay(clock_.Now());
  TableBuilder table(layout.cells(), layout.shape().cap);
  for (const PatientHistory& patient : HistoriesOf(facts)) {
    const std::optional<Placement> placement = PlacementOf(patient, question, today);
    if (!placement.has_value()) continue;
    table.Place(patient.patient->pseudonym, CellsOf(*placement, question, layout));
  }
  return std::move(table).Counts();
}

absl::StatusOr<std::vector<ExactExit>> FactTableSource::Exits(const TableQuestion& question,
                                                              ExactTableAccess) {
  PERDURA_ASSIGN_OR_RETURN(const FactSet facts, facts_.KnownAt(question.known_at_micros));
  const int64_t today = LatestDay(clock_.Now());
  std::vector<ExactExit> exits;
  for (const PatientHistory& patient : HistoriesOf(facts)) {
    const std::optional<Placement> placement = PlacementOf(patient, question, today);
    if (placement.has_value() && placement->derived.has_value()) {
      exits.push_back(ExactOf(*placement));
    }
  }
  return exits;
}

}  // namespace perdura::registry_node
