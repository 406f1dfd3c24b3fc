// What batch normalisation and its gradients share. Normalising is `x * factor + shift` per channel; a gradient computes it again,
// to the same bits.
#ifndef FLATBIT_NORMALIZATION_H_
#define FLATBIT_NORMALIZATION_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "tensorflow/core/framework/op_kernel.h"

// The activation is what clips to [low, high]: a ReLU with [0, inf], none with [-inf, inf].
#define FLATBIT_NORM_ATTRS Attr("epsilon: float").Attr("low: float").Attr("high: float")

namespace flatbit {

struct NormAttributes {
  float epsilon;
  float low;
  float high;

  explicit NormAttributes(tensorflow::OpKernelConstruction* context, const char* low_name = "low",
                          const char* high_name = "high") {
    OP_REQUIRES_OK(context, context->GetAttr("epsilon", &epsilon));
    OP_REQUIRES_OK(context, context->GetAttr(low_name, &low));
    OP_REQUIRES_OK(context, context->GetAttr(high_name, &high));
  }

  // NaN is neither below nor above, and stays.
  float Clip(float value) const {
    const float raised = value < low ? low : value;
    return raised > high ? high : raised;
  }

  // All of a gradient inside the range, the upper bound included, nothing outside.
  bool LetsThrough(float value) const { return (value > low) & (value <= high); }
};

struct Affine {
  std::vector<float> inv_std;
  std::vector<float> factor;
  std::vector<float> shift;

  Affine(int64_t channels, const float* scale, const float* offset, const float* mean, const float* variance,
         float epsilon)
      : inv_std(channels), factor(channels), shift(channels) {
    for (int64_t c = 0; c < channels; ++c) {
      inv_std[c] = 1.0f / std::sqrt(variance[c] + epsilon);
      factor[c] = scale[c] * inv_std[c];
      shift[c] = offset[c] - mean[c] * factor[c];
    }
  }
};

// dx = factor * (g - <g> - (x - mean) * inv_std^2 * <g * (x - mean)>), from the sums of g and of g * (x - mean) per channel;
// also writes the gradients of scale and offset.
class InputGradient {
 public:
  InputGradient(const Affine& affine, const std::vector<double>& sums, int64_t rows, float* to_scale, float* to_offset)
      : factor_(affine.factor), slope_(factor_.size()), constant_(factor_.size()) {
    const int64_t channels = factor_.size();
    for (int64_t c = 0; c < channels; ++c) {
      const double inv_std = affine.inv_std[c];
      to_offset[c] = static_cast<float>(sums[c]);
      to_scale[c] = static_cast<float>(sums[channels + c] * inv_std);
      slope_[c] = static_cast<float>(-factor_[c] * inv_std * inv_std * sums[channels + c] / rows);
      constant_[c] = static_cast<float>(-factor_[c] * sums[c] / rows);
    }
  }

  float operator()(float gradient, float distance, int64_t c) const {
    return factor_[c] * gradient + (slope_[c] * distance + constant_[c]);
  }

 private:
  const std::vector<float>& factor_;
  std::vector<float> slope_;
  std::vector<float> constant_;
};

}  // namespace flatbit

#endif  // FLATBIT_NORMALIZATION_H_
