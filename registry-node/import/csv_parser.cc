#include "registry-node/import/csv_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// One pass over the bytes. Each method leaves next_ behind what it read, or sets the error.
class CsvScanner {
 public:
  explicit CsvScanner(absl::string_view bytes) : bytes_(bytes) {
    absl::ConsumePrefix(&bytes_, kByteOrderMark);
  }

  CsvDocument Scan() && {
    if (bytes_.size() > kMaxFileBytes) {
      Fail("the file is larger than 64 MiB");
    }
    while (!Failed() && next_ < bytes_.size()) {
      if (!SkipLineEnd()) ReadRow();
    }
    return std::move(document_);
  }

 private:
  bool Failed() const { return document_.error.has_value(); }
  void Fail(absl::string_view hint) { document_.error = CsvError{line_, std::string(hint)}; }
  bool At(char wanted) const { return next_ < bytes_.size() && bytes_[next_] == wanted; }
  bool AtLineEnd() const {
    return next_ == bytes_.size() || bytes_[next_] == '\n' || bytes_[next_] == '\r';
  }

  // LF or CRLF.
  bool SkipLineEnd() {
    const bool crlf = At('\r') && next_ + 1 < bytes_.size() && bytes_[next_ + 1] == '\n';
    if (!crlf && !At('\n')) return false;
    next_ += crlf ? 2 : 1;
    ++line_;
    return true;
  }

  void ReadRow() {
    CsvRow row{line_, {}};
    for (;;) {
      std::string field;
      At('"') ? ReadQuoted(field) : ReadPlain(field);
      if (Failed()) return;
      row.fields.push_back(std::move(field));
      if (row.fields.size() > kMaxColumns) return Fail("more than 64 columns");
      if (!At(',')) break;
      ++next_;
    }
    if (next_ < bytes_.size() && !SkipLineEnd()) {
      return Fail(At('\r') ? "a line ends in CR alone; save the file with LF or CRLF"
                           : "text after a closing quote");
    }
    if (document_.rows.size() == kMaxRows) return Fail("more than 1,000,000 rows");
    document_.rows.push_back(std::move(row));
  }

  void ReadPlain(std::string& field) {
    const size_t from = next_;
    while (!AtLineEnd() && bytes_[next_] != ',') {
      if (bytes_[next_] == '"') return Fail("a quote inside a field that does not begin with one");
      ++next_;
    }
    Keep(bytes_.substr(from, next_ - from), field);
  }

  void ReadQuoted(std::string& field) {
    const uint32_t opened = line_;
    ++next_;
    for (;;) {
      const size_t quote = bytes_.find('"', next_);
      if (quote == absl::string_view::npos) {
        return Fail(absl::StrCat("the quote opened on line ", opened, " never closes"));
      }
      Keep(bytes_.substr(next_, quote - next_), field);
      if (Failed()) return;
      next_ = quote + 1;
      if (!At('"')) return;
      field.push_back('"');
      ++next_;
    }
  }

  // Appends, and counts the lines that a quoted field spans.
  void Keep(absl::string_view piece, std::string& field) {
    if (field.size() + piece.size() > kMaxFieldBytes) return Fail("a field exceeds 4096 bytes");
    absl::StrAppend(&field, piece);
    for (const char c : piece) line_ += c == '\n' ? 1 : 0;
  }

  absl::string_view bytes_;
  size_t next_ = 0;
  uint32_t line_ = 1;
  CsvDocument document_;
};

}  // namespace

CsvDocument ParseCsv(absl::string_view bytes) { return CsvScanner(bytes).Scan(); }

}  // namespace perdura::registry_node
