#include "registry-node/store/fact_sql.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "registry-node/store/fact_columns.h"
#include "registry-node/store/fact_tables.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kCommonColumns =
    "record, version, op, recorded_at, actor, source, source_ref, reason";
constexpr int kCommonCount = 8;

// "?1, ?2, ..., ?n"
std::string Parameters(int n) {
  std::string text = "?1";
  for (int i = 2; i <= n; ++i) absl::StrAppend(&text, ", ?", i);
  return text;
}

base::SqlValue BlobOrNull(const std::string& bytes) {
  if (bytes.empty()) return std::nullopt;
  return base::Blob{bytes};
}

base::SqlValue TextOrNull(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

template <typename Fact>
absl::string_view TableName() {
  return FactTable<Fact>::kName;
}

template <typename Fact>
std::string InsertSql() {
  const absl::string_view columns = FactTable<Fact>::kColumns;
  const int count =
      kCommonCount + 1 + static_cast<int>(std::count(columns.begin(), columns.end(), ','));
  return absl::StrCat("INSERT INTO ", FactTable<Fact>::kName, "(", kCommonColumns, ", ", columns,
                      ") VALUES(", Parameters(count), ")");
}

template <typename Fact>
std::string SelectBeforeSql() {
  return absl::StrCat("SELECT record, version, op, ", FactTable<Fact>::kColumns, " FROM ",
                      FactTable<Fact>::kName, " WHERE recorded_at < ?1 ORDER BY row");
}

template <typename Fact>
std::string BrokenRowsSql() {
  const absl::string_view table = FactTable<Fact>::kName;
  return absl::StrCat("SELECT count(*) FROM ", table,
                      " AS later WHERE later.version > 1 AND NOT EXISTS (SELECT 1 FROM ", table,
                      " AS earlier WHERE earlier.record = later.record"
                      " AND earlier.version = later.version - 1 AND earlier.row < later.row"
                      " AND earlier.recorded_at <= later.recorded_at)");
}

template <typename Fact>
absl::Status InsertVersion(base::Statement& insert, const NewVersion<Fact>& row,
                           int64_t recorded_at, absl::string_view actor) {
  const auto common = std::tuple<base::SqlValue, base::SqlValue, base::SqlValue, base::SqlValue,
                                 base::SqlValue, base::SqlValue, base::SqlValue, base::SqlValue>(
      base::Blob{row.record.view()}, row.version, row.retract ? "retract" : "assert", recorded_at,
      actor, row.source, BlobOrNull(row.source_ref), TextOrNull(row.reason));
  const auto fields =
      std::apply([](const auto&... field) { return std::tuple_cat(columns::ToSql(field)...); },
                 FactTable<Fact>::Fields(row.fact));
  PERDURA_RETURN_IF_ERROR(
      std::apply([&insert](const auto&... values) { return insert.Bind({values...}); },
                 std::tuple_cat(common, fields)));
  return insert.Run();
}

template <typename Fact>
absl::Status ReadVersion(const base::Statement& select, Versioned<Fact>& version) {
  columns::Reader reader(select, 0);
  std::string op;
  PERDURA_RETURN_IF_ERROR(reader.Read(version.record));
  PERDURA_RETURN_IF_ERROR(reader.Read(version.version));
  PERDURA_RETURN_IF_ERROR(reader.Read(op));
  version.retracted = op == "retract";
  absl::Status status;
  std::apply([&](auto&... field) { ((status = reader.Read(field)).ok() && ...); },
             FactTable<Fact>::Fields(version.fact));
  return status;
}

#define PERDURA_INSTANTIATE(Fact)                                                               \
  template absl::string_view TableName<Fact>();                                                 \
  template std::string InsertSql<Fact>();                                                       \
  template std::string SelectBeforeSql<Fact>();                                                 \
  template std::string BrokenRowsSql<Fact>();                                                   \
  template absl::Status InsertVersion<Fact>(base::Statement&, const NewVersion<Fact>&, int64_t, \
                                            absl::string_view);                                 \
  template absl::Status ReadVersion<Fact>(const base::Statement&, Versioned<Fact>&);
PERDURA_INSTANTIATE(PatientFact)
PERDURA_INSTANTIATE(ConsentFact)
PERDURA_INSTANTIATE(CoverageFact)
PERDURA_INSTANTIATE(ConditionFact)
PERDURA_INSTANTIATE(EpisodeFact)
PERDURA_INSTANTIATE(InfusionFact)
PERDURA_INSTANTIATE(VisitFact)
PERDURA_INSTANTIATE(ResponseFact)
PERDURA_INSTANTIATE(EventFact)
PERDURA_INSTANTIATE(MeasureFact)
PERDURA_INSTANTIATE(TransgeneFact)
PERDURA_INSTANTIATE(ContractLinkFact)
PERDURA_INSTANTIATE(ContactTryFact)
#undef PERDURA_INSTANTIATE

}  // namespace perdura::registry_node
