// Batch normalisation by the batch's own statistics, with the activation behind it: `clip(scale * (x - mean) * invStd + offset)`.

#include <vector>

#include "blocks.h"
#include "channels.h"
#include "normalization.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"

namespace flatbit {
namespace {

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

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
  // Rounding may leave a constant a little below zero; NaN stays.
  for (int64_t c = 0; c < channels; ++c) moments.variance[c] = moments.variance[c] < 0 ? 0 : moments.variance[c] / rows;
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
    const NormAttributes activation = attributes_;
    float* to = output->flat<float>().data();
    ForBlocks(context, rows, RowsPerBlock(channels), channels, [&](int64_t, Range block) {
      for (int64_t row = block.begin; row < block.end; ++row) {
        const float* in = from + row * channels;
        float* out = to + row * channels;
        for (int64_t c = 0; c < channels; ++c) {
          out[c] = activation.Clip(in[c] * factor[c] + shift[c]);
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
    const auto through = [=, activation = attributes_](int64_t i, int64_t c) {
      const float gradient = upstream[i];
      return activation.LetsThrough(from[i] * factor[c] + shift[c]) ? gradient : 0.0f;
    };

    const auto sums = SumAllChannels<2>(context, rows, channels, [&](int64_t row, int64_t c, float* terms) {
      const int64_t i = row * channels + c;
      terms[0] = through(i, c);
      terms[1] = terms[0] * (from[i] - mean[c]);
    });
    const InputGradient input(affine, sums, rows, to_scale->flat<float>().data(), to_offset->flat<float>().data());
    float* to = to_x->flat<float>().data();
    ForBlocks(context, rows, RowsPerBlock(channels), 2 * channels, [&](int64_t, Range block) {
      for (int64_t row = block.begin; row < block.end; ++row) {
        for (int64_t c = 0; c < channels; ++c) {
          const int64_t i = row * channels + c;
          to[i] = input(through(i, c), from[i] - mean[c], c);
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
