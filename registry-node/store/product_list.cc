#include "registry-node/store/product_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

using base::Statement;

absl::StatusOr<int64_t> CountOf(base::Database& db, absl::string_view sql) {
  PERDURA_ASSIGN_OR_RETURN(Statement count, db.Prepare(sql));
  PERDURA_ASSIGN_OR_RETURN(const bool found, count.Step());
  if (!found) return absl::InternalError("a count gave no row");
  return count.Int64At(0);
}

}  // namespace

absl::Status AddProducts(base::Database& db, const std::vector<NewVersion<EpisodeFact>>& episodes,
                         int64_t recorded_at) {
  std::vector<const EpisodeFact*> asserted;
  for (const NewVersion<EpisodeFact>& row : episodes) {
    if (!row.retract) asserted.push_back(&row.fact);
  }
  if (asserted.empty()) return absl::OkStatus();
  std::stable_sort(asserted.begin(), asserted.end(),
                   [](const EpisodeFact* a, const EpisodeFact* b) { return a->day0 < b->day0; });
  PERDURA_ASSIGN_OR_RETURN(
      Statement insert,
      db.Prepare("INSERT INTO patient_product (pseudonym, place, product, recorded_at)"
                 " SELECT ?1, 1 + (SELECT count(*) FROM patient_product WHERE pseudonym = ?1),"
                 " ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM patient_product"
                 " WHERE pseudonym = ?1 AND product = ?2)"));
  for (const EpisodeFact* episode : asserted) {
    PERDURA_RETURN_IF_ERROR(
        insert.Bind({base::Blob{episode->pseudonym.view()}, episode->product, recorded_at}));
    PERDURA_RETURN_IF_ERROR(insert.Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<ProductLists> ProductsBefore(base::Database& db, int64_t known_at_micros) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           db.Prepare("SELECT pseudonym, product FROM patient_product"
                                      " WHERE recorded_at < ?1 ORDER BY pseudonym, place"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({known_at_micros}));
  ProductLists lists;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return lists;
    PERDURA_ASSIGN_OR_RETURN(const std::string pseudonym, rows.BlobAt(0));
    PERDURA_ASSIGN_OR_RETURN(std::string product, rows.TextAt(1));
    lists[Pseudonym::FromBytes(pseudonym)].push_back(std::move(product));
  }
}

absl::Status VerifyProducts(base::Database& db) {
  PERDURA_ASSIGN_OR_RETURN(
      const int64_t triggers,
      CountOf(db,
              "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
              " AND tbl_name = 'patient_product' AND name IN ('patient_product_no_update',"
              " 'patient_product_no_delete', 'patient_product_dense')"));
  if (triggers != 3) return absl::DataLossError("table patient_product lacks a trigger");
  PERDURA_ASSIGN_OR_RETURN(
      const int64_t missing,
      CountOf(db,
              "SELECT count(*) FROM episode WHERE op = 'assert' AND NOT EXISTS"
              " (SELECT 1 FROM patient_product AS listed WHERE listed.product = "
              "episode.product AND listed.pseudonym = episode.pseudonym"
              " AND listed.recorded_at <= episode.recorded_at)"));
  if (missing == 0) return absl::OkStatus();
  return absl::DataLossError("products are missing in the list of a patient");
}

}  // namespace perdura::registry_node
