#include "cli/commands/asking.h"

#include <sys/stat.h>

#include <array>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/status_macros.h"
#include "crypto/system_random.h"
#include "federation/envelope.h"

namespace perdura::cli {
namespace {

constexpr absl::Duration kBeyondSlots = absl::Seconds(30);
constexpr size_t kAskLimit = 64 * 1024;

void ShowProgress(const v1::Progress& progress) {
  const char* words = "";
  switch (progress.stage()) {
    case v1::STAGE_ASKED:
      words = "asked";
      break;
    case v1::STAGE_NOISE_DEALT:
      words = "noise dealt";
      break;
    case v1::STAGE_CONTRIBUTIONS:
      words = "contributions";
      break;
    case v1::STAGE_COMMITTED:
      words = "committed";
      break;
    case v1::STAGE_RELEASED:
      words = "released";
      break;
    default:
      return;
  }
  if (progress.of() > 0) {
    std::fprintf(stderr, "  %s %u/%u\n", words, progress.done(), progress.of());
  } else {
    std::fprintf(stderr, "  %s\n", words);
  }
}

std::string AskPath(const Session& session, const std::string& hex_id) {
  return absl::StrCat(session.home(), "/asks/", hex_id, ".ask");
}

}  // namespace

absl::StatusOr<v1::Envelope> NewAsk(const Session& session, const query::Plan& plan,
                                    const std::string& repeat_of) {
  crypto::SystemRandom random;
  std::array<uint8_t, 16> id;
  random.Fill(id);
  v1::Ask ask;
  ask.set_charter_hash(session.charter().hash());
  ask.set_analyst(session.profile().id());
  ask.set_role(session.profile().role());
  ask.set_question_id(std::string(id.begin(), id.end()));
  ask.set_attempt(1);
  ask.set_plan(plan.text());
  ask.set_purpose(session.profile().purpose());
  ask.set_max_charge(plan.charge().price());
  ask.set_asked_at(absl::ToUnixMicros(absl::Now()));
  ask.set_repeat_of(repeat_of);
  const v1::Envelope envelope = federation::SignMessage(federation::MessageType::kAsk, ask,
                                                        session.key(), session.profile().id());
  ::mkdir(absl::StrCat(session.home(), "/asks").c_str(), 0700);
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(
      AskPath(session, base::HexEncode(ask.question_id())), envelope.SerializeAsString(), 0600));
  std::fprintf(stderr, "  question %s\n", base::HexEncode(ask.question_id()).c_str());
  return envelope;
}

absl::StatusOr<v1::Envelope> KeptAsk(const Session& session, const std::string& hex_id) {
  const auto bytes = base::ReadFile(AskPath(session, hex_id), kAskLimit);
  v1::Envelope envelope;
  if (!bytes.ok() || !envelope.ParseFromString(*bytes)) {
    return absl::NotFoundError("--resume: no ask with this id is kept here");
  }
  return envelope;
}

absl::StatusOr<v1::Answer> SendAsk(Session& session, const v1::Envelope& ask) {
  v1::AskRequest request;
  *request.mutable_ask() = ask;
  const v1::Limits& limits = session.charter().proto().limits();
  const absl::Duration slots =
      absl::Milliseconds(int64_t{limits.deal_ms()} + limits.upload_ms() + limits.collect_ms() +
                         limits.commit_ms() + limits.answer_ms());
  return session.client().Ask(request, slots + kBeyondSlots, ShowProgress);
}

}  // namespace perdura::cli
