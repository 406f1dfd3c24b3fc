// A uniform grid of levels in units of a learned range, as `@flatbit/quantizers` defines it: the same float32 operations in
// the same order as the composed ops, so that both give the same bits.
#ifndef FLATBIT_GRID_H_
#define FLATBIT_GRID_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tensorflow/core/framework/op_kernel.h"

namespace flatbit {

struct Grid {
  float shift;
  float low;
  float high;
  float steps;
  // Least magnitude of the range.
  float floor;

  explicit Grid(tensorflow::OpKernelConstruction* context) {
    OP_REQUIRES_OK(context, context->GetAttr("shift", &shift));
    OP_REQUIRES_OK(context, context->GetAttr("low", &low));
    OP_REQUIRES_OK(context, context->GetAttr("high", &high));
    OP_REQUIRES_OK(context, context->GetAttr("steps", &steps));
    OP_REQUIRES_OK(context, context->GetAttr("floor", &floor));
  }
};

// The range that a learned value stands for, and what follows from it.
struct LearnedRange {
  float range;
  float sign;

  LearnedRange(float learned, float floor)
      : range(std::isnan(learned) ? learned : std::max(std::fabs(learned), floor)),
        sign(learned > 0 ? 1.0f : learned < 0 ? -1.0f : learned) {}
};

// Snaps values, given in units of the range, to the grid; NaN and infinity become NaN.
class Snap {
 public:
  Snap(const Grid& grid, float range)
      : grid_(grid), offset_(grid.shift * grid.steps), level_(range / grid.steps) {}

  float operator()(float ratio) const {
    const float shifted = ratio + grid_.shift;
    const float raised = shifted > grid_.low ? shifted : grid_.low;
    const float clipped = (raised < grid_.high ? raised : grid_.high) + shifted * 0.0f;
    return (std::rint(clipped * grid_.steps) - offset_) * level_;
  }

  // 1 in range, bounds included, else 0.
  float Inside(float ratio) const {
    return (ratio >= grid_.low - grid_.shift) & (ratio <= grid_.high - grid_.shift) ? 1.0f : 0.0f;
  }

 private:
  const Grid grid_;
  const float offset_;
  const float level_;
};

}  // namespace flatbit

#define FLATBIT_GRID_ATTRS      \
  Attr("shift: float")          \
      .Attr("low: float")       \
      .Attr("high: float")      \
      .Attr("steps: float")     \
      .Attr("floor: float")

#endif  // FLATBIT_GRID_H_
