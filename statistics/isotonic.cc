#include "statistics/isotonic.h"

#include <cstddef>

namespace perdura::statistics {
namespace {

struct Block {
  double sum;
  size_t size;
  double mean() const { return sum / static_cast<double>(size); }
};

}  // namespace

std::vector<double> IsotonicIncreasing(const std::vector<double>& values) {
  std::vector<Block> blocks;
  for (const double value : values) {
    blocks.push_back({value, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum;
      blocks.back().size += last.size;
    }
  }
  std::vector<double> result;
  for (const Block& block : blocks) result.insert(result.end(), block.size, block.mean());
  return result;
}

}  // namespace perdura::statistics
