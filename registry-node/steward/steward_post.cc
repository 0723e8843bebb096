#include "registry-node/steward/steward_post.h"

#include <utility>

namespace perdura::registry_node {

Outgoing SendNow(OutgoingKind kind, std::string manifest_hash, absl::Time due, absl::Time expires,
                 v1::PostRequest post) {
  return {.kind = kind,
          .manifest_hash = std::move(manifest_hash),
          .due = due,
          .retry_every = absl::Milliseconds(200),
          .expires = expires,
          .post = std::move(post)};
}

std::vector<Outgoing> One(Outgoing outgoing) {
  std::vector<Outgoing> result;
  result.push_back(std::move(outgoing));
  return result;
}

absl::StatusOr<v1::PostRequest> ParsePost(const std::string& bytes) {
  v1::PostRequest post;
  if (!post.ParseFromString(bytes)) return absl::DataLossError("a stored message is damaged");
  return post;
}

}  // namespace perdura::registry_node
