// Work cut into blocks of a fixed size, so that sums are added in the same order however many threads there are.
#ifndef FLATBIT_BLOCKS_H_
#define FLATBIT_BLOCKS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/platform/threadpool.h"

namespace flatbit {

// Floats that are worked on together: their inputs and outputs fit into a core's own cache.
constexpr int64_t kBlockSize = 16384;

// Floats that a register holds side by side, or a few registers; sums are kept in as many lanes.
constexpr int64_t kLanes = 16;

struct Range {
  int64_t begin;
  int64_t end;
  int64_t size() const { return end - begin; }
};

inline int64_t BlockCount(int64_t size, int64_t block_size = kBlockSize) {
  return (size + block_size - 1) / block_size;
}

// Calls body(block, range) for every block of `size` items, on the threads of the engine.
// `cycles` is what an item costs, roughly: small work stays on one thread.
template <typename Body>
void ForBlocks(tensorflow::OpKernelContext* context, int64_t size, int64_t block_size, int64_t cycles,
               const Body& body) {
  const int64_t count = BlockCount(size, block_size);
  const auto run = [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; ++block) {
      body(block, Range{block * block_size, std::min(size, (block + 1) * block_size)});
    }
  };
  if (count <= 1) {
    run(0, count);
    return;
  }
  using Scheduling = tensorflow::thread::ThreadPool::SchedulingParams;
  using Strategy = tensorflow::thread::ThreadPool::SchedulingStrategy;
  context->device()->tensorflow_cpu_worker_threads()->workers->ParallelFor(
      count, Scheduling(Strategy::kAdaptive, block_size * cycles, absl::nullopt), run);
}

// The sum of what each block added up, in the order of the blocks.
inline double SumInOrder(const std::vector<double>& partial) {
  double sum = 0;
  for (const double value : partial) sum += value;
  return sum;
}

// A sum of floats in fixed lanes, which a compiler can keep in registers without changing the order of additions.
struct LaneSum {
  float lanes[kLanes] = {};

  double Total() const {
    double sum = 0;
    for (const float lane : lanes) sum += lane;
    return sum;
  }
};

// Calls body(index, lane) for each index of a range, lane by lane.
template <typename Body>
inline void ForLanes(Range range, const Body& body) {
  int64_t index = range.begin;
  for (; index + kLanes <= range.end; index += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) body(index + lane, lane);
  }
  for (int64_t lane = 0; index < range.end; ++index, ++lane) body(index, lane);
}

}  // namespace flatbit

#endif  // FLATBIT_BLOCKS_H_
