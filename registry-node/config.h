#ifndef PERDURA_REGISTRY_NODE_CONFIG_H_
#define PERDURA_REGISTRY_NODE_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "base/rpc/tls.h"
#include "perdura/v1/config.pb.h"
#include "registry-node/answer/own_caps.h"

namespace perdura::registry_node {

// Reads and checks a configuration file. Returns InvalidArgument with line and column, or naming
// the field; NotFound if there is no file.
absl::StatusOr<v1::NodeConfig> LoadConfig(const std::string& path);

base::TlsFiles TlsFilesOf(const v1::NodeConfig& config);
OwnCaps OwnCapsOf(const v1::NodeConfig& config);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_CONFIG_H_
