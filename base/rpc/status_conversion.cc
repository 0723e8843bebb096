#include "base/rpc/status_conversion.h"

#include <openssl/rand.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/utf8.h"

namespace perdura::base {
namespace {

constexpr size_t kMaxHintBytes = 1024;

// gRPC and Abseil number the same 17 codes alike.
int KnownCode(int code) {
  constexpr int kLast = static_cast<int>(grpc::StatusCode::UNAUTHENTICATED);
  return code >= 0 && code <= kLast ? code : static_cast<int>(grpc::StatusCode::UNKNOWN);
}

// One line of strict text: what else a message may hold never reaches the wire.
std::string OneLine(absl::string_view text) {
  std::string line;
  while (!text.empty() && line.size() < kMaxHintBytes) {
    const CodePoint point = FirstCodePoint(text);
    const size_t length = point.length == 0 ? 1 : static_cast<size_t>(point.length);
    if (point.length == 0 || IsControlOrBidi(point.value)) {
      line += ' ';
    } else {
      absl::StrAppend(&line, text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return line;
}

std::string RandomId() {
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return "none";
  return HexEncode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

grpc::Status OurBug(const absl::Status& status) {
  const std::string id = RandomId();
  LogError("rpc.internal_error", {{"id", id}, {"message", status.message()}});
  return {grpc::StatusCode::INTERNAL, absl::StrCat("internal error ", id)};
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string reason = ReasonOf(status);
  if (reason.empty() && absl::IsInternal(status)) return OurBug(status);
  const auto code = static_cast<grpc::StatusCode>(KnownCode(status.raw_code()));
  const std::string message = OneLine(status.message());
  if (!IsName(reason)) return {code, message};
  absl::string_view hint = message;
  if (absl::ConsumePrefix(&hint, reason)) absl::ConsumePrefix(&hint, ": ");
  return {code, message, Text({reason, hint})};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(KnownCode(status.error_code()));
  const std::vector<std::string> fields = absl::StrSplit(status.error_details(), '\n');
  if (fields.size() == 3 && fields[2].empty() && IsName(fields[0])) {
    return Refuse(code, fields[0], OneLine(fields[1]));
  }
  return absl::Status(code, OneLine(status.error_message()));
}

}  // namespace perdura::base
