#include "federation/log/entries.h"

#include <string>
#include <utility>

#include "base/bytes.h"

namespace perdura::federation::log {
namespace {

constexpr size_t kStartNonceBytes = 16;

Entry EntryOf(absl::string_view kind, absl::string_view actor, int64_t at_micros,
              base::CanonicalObject fields) {
  return {.seq = 0,
          .time = static_cast<uint64_t>(at_micros),
          .kind = std::string(kind),
          .actor = std::string(actor),
          .fields = std::move(fields)};
}

}  // namespace

Entry RoundEntry(absl::string_view kind, absl::string_view actor, int64_t at_micros,
                 absl::string_view manifest_hash, base::CanonicalObject more) {
  more.emplace("manifest", base::HexEncode(manifest_hash));
  return EntryOf(kind, actor, at_micros, std::move(more));
}

Entry CharterEntry(absl::string_view actor, int64_t at_micros, absl::string_view charter_hash,
                   uint64_t version) {
  return EntryOf("charter", actor, at_micros,
                 {{"charter", base::HexEncode(charter_hash)}, {"version", version}});
}

Entry StartEntry(absl::string_view actor, int64_t at_micros, absl::string_view program,
                 absl::string_view config_hash, base::RandomSource& random) {
  std::string nonce(kStartNonceBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  return EntryOf("start", actor, at_micros,
                 {{"config", base::HexEncode(config_hash)},
                  {"nonce", base::HexEncode(nonce)},
                  {"program", std::string(program)}});
}

Entry RestoredEntry(absl::string_view actor, int64_t at_micros, const Checkpoint& before) {
  return EntryOf("restored", actor, at_micros,
                 {{"root", base::HexEncode(before.root)}, {"size", before.size}});
}

Entry RebaseEntry(absl::string_view actor, int64_t at_micros, absl::string_view rebase_id) {
  return EntryOf("rebase", actor, at_micros, {{"rebase", base::HexEncode(rebase_id)}});
}

}  // namespace perdura::federation::log
