#ifndef PERDURA_REGISTRY_NODE_ANSWER_EXACT_TABLE_ACCESS_H_
#define PERDURA_REGISTRY_NODE_ANSWER_EXACT_TABLE_ACCESS_H_

namespace perdura::registry_node {

// The right to see exact cells of patients. Only AnswerHandler makes one, after the debit is
// durable; tests make one through ExactTableAccessForTest (tests/). One grep for the name lists
// every use.
class ExactTableAccess final {
 private:
  friend class AnswerHandler;
  friend class ExactTableAccessForTest;
  // Not `= default`: a defaulted private constructor would leave an aggregate that everybody may
  // write as {}.
  ExactTableAccess() {}  // NOLINT(modernize-use-equals-default)
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_EXACT_TABLE_ACCESS_H_
