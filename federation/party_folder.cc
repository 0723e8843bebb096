#include "federation/party_folder.h"

#include <utility>

#include "base/files.h"
#include "base/in_file.h"
#include "federation/envelope.h"
#include "federation/rebase.h"

namespace perdura::federation {
namespace {

constexpr size_t kMaxCharterFile = 512 * 1024;
constexpr size_t kMaxPinFile = 16 * 1024;

}  // namespace

std::map<uint64_t, v1::Envelope> ChartersIn(const std::string& folder) {
  std::map<uint64_t, v1::Envelope> charters;
  for (const std::string& bytes : base::ReadFolder(folder, ".charter", kMaxCharterFile)) {
    v1::Envelope envelope;
    if (!envelope.ParseFromString(bytes)) continue;
    const auto charter = PeekPayload<v1::Charter>(envelope, MessageType::kCharter);
    if (charter.ok()) charters.emplace(charter->version(), std::move(envelope));
  }
  return charters;
}

std::vector<v1::RebaseFile> RebasesIn(const std::string& folder) {
  std::vector<v1::RebaseFile> rebases;
  for (const std::string& bytes : base::ReadFolder(folder, ".rebase", kMaxRebaseFile)) {
    v1::RebaseFile file;
    if (file.ParseFromString(bytes)) rebases.push_back(std::move(file));
  }
  return rebases;
}

absl::StatusOr<AuthorityPin> ReadAuthorityPin(const std::string& path) {
  const auto text = base::ReadFile(path, kMaxPinFile);
  if (!text.ok()) return base::InFile(path, text.status());
  auto pin = ParseAuthorityPin(*text);
  if (!pin.ok()) return base::InFile(path, pin.status());
  return pin;
}

}  // namespace perdura::federation
