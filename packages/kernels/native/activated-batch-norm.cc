// Batch normalisation by the batch's own statistics, with the activation behind it: `clip(scale * (x - mean) * invStd + offset)`.

#include <cmath>
#include <vector>

#include "blocks.h"
#include "channels.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"

namespace flatbit {
namespace {

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

// The activation is what clips to [low, high]: a ReLU with [0, inf], none with [-inf, inf].
#define FLATBIT_NORM_ATTRS Attr("epsilon: float").Attr("low: float").Attr("high: float")

REGISTER_OP("FlatbitActivatedBatchNorm")
    .Input("x: float")
    .Input("scale: float")
    .Input("offset: float")
    .Output("output: float")
    .Output("mean: float")
    .Output("variance: float")
    .FLATBIT_NORM_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("FlatbitActivatedBatchNormGrad")
    .Input("upstream: float")
    .Input("x: float")
    .Input("scale: float")
    .Input("offset: float")
    .Input("mean: float")
    .Input("variance: float")
    .Output("to_x: float")
    .Output("to_scale: float")
    .Output("to_offset: float")
    .FLATBIT_NORM_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

struct NormAttributes {
  float epsilon;
  float low;
  float high;

  explicit NormAttributes(OpKernelConstruction* context) {
    OP_REQUIRES_OK(context, context->GetAttr("epsilon", &epsilon));
    OP_REQUIRES_OK(context, context->GetAttr("low", &low));
    OP_REQUIRES_OK(context, context->GetAttr("high", &high));
  }
};

// Normalising is `x * factor + shift`, per channel; the gradient computes it again, to the same bits.
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

struct Moments {
  std::vector<double> mean;
  // Biased.
  std::vector<double> variance;
};

// Each block has its own mean and squares around it, while it is in the cache; together they give the whole's.
Moments MomentsOf(OpKernelContext* context, const float* x, int64_t rows, int64_t channels) {
  const int64_t rows_per_block = RowsPerBlock(channels);
  const int64_t blocks = BlockCount(rows, rows_per_block);
  std::vector<double> sums(blocks * channels);
  std::vector<double> squares(blocks * channels);
  ForBlocks(context, rows, rows_per_block, 2 * channels, [&](int64_t index, Range block) {
    double* sum = &sums[index * channels];
    SumChannels<1>(block, channels, [&](int64_t row, int64_t c, float* term) { term[0] = x[row * channels + c]; }, sum);
    std::vector<float> mean(channels);
    for (int64_t c = 0; c < channels; ++c) mean[c] = static_cast<float>(sum[c] / block.size());
    SumChannels<1>(
        block, channels,
        [&](int64_t row, int64_t c, float* term) {
          const float distance = x[row * channels + c] - mean[c];
          term[0] = distance * distance;
        },
        &squares[index * channels]);
    // Back to squares around the exact mean of the block.
    for (int64_t c = 0; c < channels; ++c) {
      const double rounding = sum[c] / block.size() - mean[c];
      squares[index * channels + c] -= block.size() * rounding * rounding;
    }
  });
  Moments moments{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
  for (int64_t index = 0; index < blocks; ++index) {
    for (int64_t c = 0; c < channels; ++c) moments.mean[c] += sums[index * channels + c];
  }
  for (int64_t c = 0; c < channels; ++c) moments.mean[c] /= rows;
  for (int64_t index = 0; index < blocks; ++index) {
    const int64_t size = std::min(rows, (index + 1) * rows_per_block) - index * rows_per_block;
    for (int64_t c = 0; c < channels; ++c) {
      const double distance = sums[index * channels + c] / size - moments.mean[c];
      moments.variance[c] += squares[index * channels + c] + size * distance * distance;
    }
  }
  for (int64_t c = 0; c < channels; ++c) moments.variance[c] /= rows;
  return moments;
}

class ActivatedBatchNorm : public OpKernel {
 public:
  explicit ActivatedBatchNorm(OpKernelConstruction* context) : OpKernel(context), attributes_(context) {}

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    const int64_t channels = x.dim_size(x.dims() - 1);
    const int64_t rows = channels == 0 ? 0 : x.NumElements() / channels;
    Tensor* output = nullptr;
    Tensor* mean = nullptr;
    Tensor* variance = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &output));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({channels}), &mean));
    OP_REQUIRES_OK(context, context->allocate_output(2, TensorShape({channels}), &variance));
    const float* from = x.flat<float>().data();
    const Moments moments = MomentsOf(context, from, rows, channels);
    for (int64_t c = 0; c < channels; ++c) {
      mean->flat<float>()(c) = static_cast<float>(moments.mean[c]);
      variance->flat<float>()(c) = static_cast<float>(moments.variance[c]);
    }
    const Affine affine(channels, context->input(1).flat<float>().data(), context->input(2).flat<float>().data(),
                        mean->flat<float>().data(), variance->flat<float>().data(), attributes_.epsilon);
    const float* factor = affine.factor.data();
    const float* shift = affine.shift.data();
    const float low = attributes_.low;
    const float high = attributes_.high;
    float* to = output->flat<float>().data();
    ForBlocks(context, rows, RowsPerBlock(channels), channels, [&](int64_t, Range block) {
      for (int64_t row = block.begin; row < block.end; ++row) {
        const float* in = from + row * channels;
        float* out = to + row * channels;
        for (int64_t c = 0; c < channels; ++c) {
          // NaN is neither below nor above, and stays.
          const float value = in[c] * factor[c] + shift[c];
          const float raised = value < low ? low : value;
          out[c] = raised > high ? high : raised;
        }
      }
    });
  }

 private:
  const NormAttributes attributes_;
};

class ActivatedBatchNormGrad : public OpKernel {
 public:
  explicit ActivatedBatchNormGrad(OpKernelConstruction* context) : OpKernel(context), attributes_(context) {}

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(1);
    const int64_t channels = x.dim_size(x.dims() - 1);
    const int64_t rows = channels == 0 ? 0 : x.NumElements() / channels;
    Tensor* to_x = nullptr;
    Tensor* to_scale = nullptr;
    Tensor* to_offset = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &to_x));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({channels}), &to_scale));
    OP_REQUIRES_OK(context, context->allocate_output(2, TensorShape({channels}), &to_offset));
    const float* upstream = context->input(0).flat<float>().data();
    const float* from = x.flat<float>().data();
    const float* mean = context->input(4).flat<float>().data();
    const Affine affine(channels, context->input(2).flat<float>().data(), context->input(3).flat<float>().data(), mean,
                        context->input(5).flat<float>().data(), attributes_.epsilon);
    const float* factor = affine.factor.data();
    const float* shift = affine.shift.data();
    const float low = attributes_.low;
    const float high = attributes_.high;
    // What comes through the activation: all of it inside the range, the upper bound included, nothing outside.
    const auto through = [=](int64_t i, int64_t c) {
      const float value = from[i] * factor[c] + shift[c];
      const float gradient = upstream[i];
      return (value > low) & (value <= high) ? gradient : 0.0f;
    };

    const int64_t rows_per_block = RowsPerBlock(channels);
    const int64_t blocks = BlockCount(rows, rows_per_block);
    std::vector<double> partial(blocks * 2 * channels);
    ForBlocks(context, rows, rows_per_block, 2 * channels, [&](int64_t index, Range block) {
      SumChannels<2>(
          block, channels,
          [&](int64_t row, int64_t c, float* terms) {
            const int64_t i = row * channels + c;
            terms[0] = through(i, c);
            terms[1] = terms[0] * (from[i] - mean[c]);
          },
          &partial[index * 2 * channels]);
    });
    std::vector<double> sums(2 * channels, 0.0);
    for (int64_t index = 0; index < blocks; ++index) {
      for (int64_t s = 0; s < 2 * channels; ++s) sums[s] += partial[index * 2 * channels + s];
    }

    // dx = factor * (g - <g> - (x - mean) * invStd^2 * <g * (x - mean)>)
    std::vector<float> slope(channels);
    std::vector<float> constant(channels);
    for (int64_t c = 0; c < channels; ++c) {
      const double inv_std = affine.inv_std[c];
      to_offset->flat<float>()(c) = static_cast<float>(sums[c]);
      to_scale->flat<float>()(c) = static_cast<float>(sums[channels + c] * inv_std);
      slope[c] = static_cast<float>(-factor[c] * inv_std * inv_std * sums[channels + c] / rows);
      constant[c] = static_cast<float>(-factor[c] * sums[c] / rows);
    }
    float* to = to_x->flat<float>().data();
    ForBlocks(context, rows, rows_per_block, 2 * channels, [&](int64_t, Range block) {
      for (int64_t row = block.begin; row < block.end; ++row) {
        for (int64_t c = 0; c < channels; ++c) {
          const int64_t i = row * channels + c;
          to[i] = factor[c] * through(i, c) + (slope[c] * (from[i] - mean[c]) + constant[c]);
        }
      }
    });
  }

 private:
  const NormAttributes attributes_;
};

REGISTER_KERNEL_BUILDER(Name("FlatbitActivatedBatchNorm").Device(tensorflow::DEVICE_CPU),
                        ActivatedBatchNorm);
REGISTER_KERNEL_BUILDER(Name("FlatbitActivatedBatchNormGrad").Device(tensorflow::DEVICE_CPU),
                        ActivatedBatchNormGrad);

}  // namespace
}  // namespace flatbit
