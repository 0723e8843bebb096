#ifndef PERDURA_BASE_RPC_LIBRARY_LOGS_H_
#define PERDURA_BASE_RPC_LIBRARY_LOGS_H_

namespace perdura::base {

// Sends what gRPC and protobuf log through our logger, so that the log stays JSON (trap G5). Call
// it before the first message is parsed.
void CaptureLibraryLogs();

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_LIBRARY_LOGS_H_
