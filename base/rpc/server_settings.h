#ifndef PERDURA_BASE_RPC_SERVER_SETTINGS_H_
#define PERDURA_BASE_RPC_SERVER_SETTINGS_H_

#include "absl/status/status.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/channel_arguments.h"

namespace perdura::base {

inline constexpr int kMaxMessageBytes = 1 << 20;
inline constexpr int kMaxMetadataBytes = 8192;
inline constexpr int kMaxConcurrentStreams = 16;

// Every limit that the traps of gRPC 1.51 ask for (message, metadata and stream sizes, memory and
// thread quota, handshake, age and ping limits, no compression, no shared port). The measured
// reasons are in docs (reliability, G2 to G8).
void ApplyServerSettings(grpc::ServerBuilder& builder);

// The same limits for a channel; connects within 10 s, reconnects with a backoff of 50 ms to 1 s,
// and takes no proxy from the environment.
grpc::ChannelArguments ClientArguments();

// Returns InvalidArgument `no_deadline` for a call without one: it could wait for ever.
absl::Status CheckDeadline(const grpc::ServerContextBase& context);

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_SERVER_SETTINGS_H_
