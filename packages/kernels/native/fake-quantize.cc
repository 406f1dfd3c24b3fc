// Fake quantization with a learned range, per tensor: forward in one pass, both gradients in one.

#include <vector>

#include "blocks.h"
#include "grid.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"

namespace flatbit {
namespace {

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

REGISTER_OP("FlatbitFakeQuantize")
    .Input("value: float")
    .Input("learned: float")
    .Output("quantized: float")
    .FLATBIT_GRID_ATTRS.SetShapeFn(tensorflow::shape_inference::UnchangedShape);

REGISTER_OP("FlatbitFakeQuantizeGrad")
    .Input("upstream: float")
    .Input("value: float")
    .Input("learned: float")
    .Output("to_value: float")
    .Output("to_learned: float")
    .FLATBIT_GRID_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

class FakeQuantize : public OpKernel {
 public:
  explicit FakeQuantize(OpKernelConstruction* context) : OpKernel(context), grid_(context) {}

  void Compute(OpKernelContext* context) override {
    const Tensor& value = context->input(0);
    Tensor* quantized = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, value.shape(), &quantized));
    const LearnedRange learned(context->input(1).flat<float>()(0), grid_.floor);
    const float range = learned.range;
    const Snap snap(grid_, range);
    const float* from = value.flat<float>().data();
    float* to = quantized->flat<float>().data();
    ForBlocks(context, value.NumElements(), kBlockSize, 2, [&](int64_t, Range block) {
      for (int64_t i = block.begin; i < block.end; ++i) to[i] = snap(from[i] / range);
    });
  }

 private:
  const Grid grid_;
};

class FakeQuantizeGrad : public OpKernel {
 public:
  explicit FakeQuantizeGrad(OpKernelConstruction* context) : OpKernel(context), grid_(context) {}

  void Compute(OpKernelContext* context) override {
    const Tensor& value = context->input(1);
    Tensor* to_value = nullptr;
    Tensor* to_learned = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, value.shape(), &to_value));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape(), &to_learned));
    const LearnedRange learned(context->input(2).flat<float>()(0), grid_.floor);
    const float range = learned.range;
    const Snap snap(grid_, range);
    const float* upstream = context->input(0).flat<float>().data();
    const float* from = value.flat<float>().data();
    float* to = to_value->flat<float>().data();
    const int64_t size = value.NumElements();
    std::vector<double> partial(BlockCount(size), 0.0);
    ForBlocks(context, size, kBlockSize, 3, [&](int64_t index, Range block) {
      LaneSum sum;
      ForLanes(block, [&](int64_t i, int64_t lane) {
        const float ratio = from[i] / range;
        const float inside = snap.Inside(ratio);
        const float gradient = upstream[i];
        sum.lanes[lane] += (snap(ratio) - from[i] * inside) * gradient;
        to[i] = gradient * inside;
      });
      partial[index] = sum.Total();
    });
    to_learned->scalar<float>()() = static_cast<float>(SumInOrder(partial)) / range * learned.sign;
  }

 private:
  const Grid grid_;
};

REGISTER_KERNEL_BUILDER(Name("FlatbitFakeQuantize").Device(tensorflow::DEVICE_CPU), FakeQuantize);
REGISTER_KERNEL_BUILDER(Name("FlatbitFakeQuantizeGrad").Device(tensorflow::DEVICE_CPU), FakeQuantizeGrad);

}  // namespace
}  // namespace flatbit
