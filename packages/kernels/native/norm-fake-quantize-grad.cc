// The gradient of a batch norm, its activation and the fake quantization behind them, all at once: what comes back from the
// quantizer is never written out.

#include <vector>

#include "blocks.h"
#include "channels.h"
#include "grid.h"
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

REGISTER_OP("FlatbitNormFakeQuantizeGrad")
    .Input("upstream: float")
    .Input("x: float")
    .Input("scale: float")
    .Input("offset: float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("learned: float")
    .Output("to_x: float")
    .Output("to_scale: float")
    .Output("to_offset: float")
    .Output("to_learned: float")
    .Attr("epsilon: float")
    .Attr("activationLow: float")
    .Attr("activationHigh: float")
    .FLATBIT_GRID_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

// The activation and the quantizer, one after the other.
struct Chain {
  NormAttributes activation;
  Snap snap;
  float range;

  // What comes back of a gradient.
  float Through(float normalized, float gradient) const {
    const float inside = snap.Inside(activation.Clip(normalized) / range);
    return activation.LetsThrough(normalized) ? gradient * inside : 0.0f;
  }

  // What the range gets, in units of the range.
  float ToRange(float normalized, float gradient) const {
    const float activated = activation.Clip(normalized);
    const float ratio = activated / range;
    return (snap(ratio) - activated * snap.Inside(ratio)) * gradient;
  }
};

class NormFakeQuantizeGrad : public OpKernel {
 public:
  explicit NormFakeQuantizeGrad(OpKernelConstruction* context)
      : OpKernel(context), activation_(context, "activationLow", "activationHigh"), grid_(context) {}

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(1);
    const int64_t channels = x.dim_size(x.dims() - 1);
    const int64_t rows = channels == 0 ? 0 : x.NumElements() / channels;
    Tensor* to_x = nullptr;
    Tensor* to_scale = nullptr;
    Tensor* to_offset = nullptr;
    Tensor* to_learned = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &to_x));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({channels}), &to_scale));
    OP_REQUIRES_OK(context, context->allocate_output(2, TensorShape({channels}), &to_offset));
    OP_REQUIRES_OK(context, context->allocate_output(3, TensorShape(), &to_learned));
    const float* upstream = context->input(0).flat<float>().data();
    const float* from = x.flat<float>().data();
    const float* mean = context->input(4).flat<float>().data();
    const Affine affine(channels, context->input(2).flat<float>().data(), context->input(3).flat<float>().data(), mean,
                        context->input(5).flat<float>().data(), activation_.epsilon);
    const float* factor = affine.factor.data();
    const float* shift = affine.shift.data();
    const LearnedRange learned(context->input(6).flat<float>()(0), grid_.floor);
    const Chain chain{activation_, Snap(grid_, learned.range), learned.range};

    const auto sums =
        SumAllChannels<3>(context, rows, channels, [=](int64_t row, int64_t c, float* terms) {
          const int64_t i = row * channels + c;
          const float gradient = upstream[i];
          const float normalized = from[i] * factor[c] + shift[c];
          terms[0] = chain.Through(normalized, gradient);
          terms[1] = terms[0] * (from[i] - mean[c]);
          terms[2] = chain.ToRange(normalized, gradient);
        });
    double to_range = 0;
    for (int64_t c = 0; c < channels; ++c) to_range += sums[2 * channels + c];
    to_learned->scalar<float>()() = static_cast<float>(to_range) / learned.range * learned.sign;

    const InputGradient input(affine, sums, rows, to_scale->flat<float>().data(), to_offset->flat<float>().data());
    float* to = to_x->flat<float>().data();
    ForBlocks(context, rows, RowsPerBlock(channels), 2 * channels, [&](int64_t, Range block) {
      // A copy of its own, which no write to the output can be thought to change.
      const Chain local = chain;
      for (int64_t row = block.begin; row < block.end; ++row) {
        for (int64_t c = 0; c < channels; ++c) {
          const int64_t i = row * channels + c;
          const float gradient = local.Through(from[i] * factor[c] + shift[c], upstream[i]);
          to[i] = input(gradient, from[i] - mean[c], c);
        }
      }
    });
  }

 private:
  const NormAttributes activation_;
  const Grid grid_;
};

REGISTER_KERNEL_BUILDER(Name("FlatbitNormFakeQuantizeGrad").Device(tensorflow::DEVICE_CPU), NormFakeQuantizeGrad);

}  // namespace
}  // namespace flatbit
