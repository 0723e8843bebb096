#ifndef PERDURA_REGISTRY_NODE_IMPORT_CSV_PARSER_H_
#define PERDURA_REGISTRY_NODE_IMPORT_CSV_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace perdura::registry_node {

inline constexpr size_t kMaxFileBytes = 64u << 20;
inline constexpr size_t kMaxFieldBytes = 4096;
inline constexpr size_t kMaxRows = 1000000;
inline constexpr size_t kMaxColumns = 64;

struct CsvRow {
  // Line of the file on which the row begins; the header is on line 1.
  uint32_t line = 0;
  std::vector<std::string> fields;
};

struct CsvError {
  uint32_t line = 0;
  std::string hint;
};

struct CsvDocument {
  std::vector<CsvRow> rows;
  // Set where the file is no CSV from that line on; `rows` then holds what came before.
  std::optional<CsvError> error;
};

// RFC 4180: commas, quotes doubled inside quotes, lines ended by CRLF or LF, line breaks inside
// quotes, a byte order mark at the start. Empty lines are skipped; the last line needs no end.
// Refused: a quote inside an unquoted field, text after a closing quote, a quote that never closes,
// CR without LF, and what exceeds the bounds above. Fields are bytes: encoding and field counts are
// the caller's to judge.
CsvDocument ParseCsv(absl::string_view bytes);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_CSV_PARSER_H_
