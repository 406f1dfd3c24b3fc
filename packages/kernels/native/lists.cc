// Ops over many tensors at once, each of which would otherwise be an op per tensor.

#include <atomic>
#include <cmath>
#include <vector>

#include "blocks.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"

namespace flatbit {
namespace {

using tensorflow::OpInputList;
using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::OpOutputList;
using tensorflow::Tensor;
using tensorflow::TensorShape;

// Whether no element of any tensor is NaN or infinite.
REGISTER_OP("FlatbitAllFinite")
    .Input("tensors: N * float")
    .Output("finite: bool")
    .Attr("N: int >= 1")
    .SetShapeFn(tensorflow::shape_inference::ScalarShape);

// The L2 norm of all tensors together.
REGISTER_OP("FlatbitGlobalNorm")
    .Input("tensors: N * float")
    .Output("norm: float")
    .Attr("N: int >= 1")
    .SetShapeFn(tensorflow::shape_inference::ScalarShape);

// `tensors * keep + others * take`, pair by pair; where `healthy` is false, the tensors as they are.
REGISTER_OP("FlatbitBlend")
    .Input("healthy: bool")
    .Input("tensors: N * float")
    .Input("others: N * float")
    .Output("blended: N * float")
    .Attr("N: int >= 1")
    .Attr("keep: list(float)")
    .Attr("take: list(float)")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

class AllFinite : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    OpInputList tensors;
    OP_REQUIRES_OK(context, context->input_list("tensors", &tensors));
    Tensor* finite = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape(), &finite));
    std::atomic<bool> all{true};
    for (int index = 0; index < tensors.size(); ++index) {
      const float* values = tensors[index].flat<float>().data();
      ForBlocks(context, tensors[index].NumElements(), kBlockSize, 1, [&](int64_t, Range block) {
        // x * 0 is 0, or NaN where x is not finite; NaN stays in the sum.
        LaneSum sum;
        ForLanes(block, [&](int64_t i, int64_t lane) { sum.lanes[lane] += values[i] * 0.0f; });
        if (std::isnan(sum.Total())) all = false;
      });
    }
    finite->scalar<bool>()() = all;
  }
};

class GlobalNorm : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    OpInputList tensors;
    OP_REQUIRES_OK(context, context->input_list("tensors", &tensors));
    Tensor* norm = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape(), &norm));
    double sum = 0;
    for (int index = 0; index < tensors.size(); ++index) {
      const float* values = tensors[index].flat<float>().data();
      const int64_t size = tensors[index].NumElements();
      std::vector<double> partial(BlockCount(size), 0.0);
      ForBlocks(context, size, kBlockSize, 1, [&](int64_t block_index, Range block) {
        double squares = 0;
        for (int64_t i = block.begin; i < block.end; ++i) squares += static_cast<double>(values[i]) * values[i];
        partial[block_index] = squares;
      });
      sum += SumInOrder(partial);
    }
    norm->scalar<float>()() = static_cast<float>(std::sqrt(sum));
  }
};

class Blend : public OpKernel {
 public:
  explicit Blend(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("keep", &keep_));
    OP_REQUIRES_OK(context, context->GetAttr("take", &take_));
  }

  void Compute(OpKernelContext* context) override {
    OpInputList tensors;
    OpInputList others;
    OpOutputList blended;
    OP_REQUIRES_OK(context, context->input_list("tensors", &tensors));
    OP_REQUIRES_OK(context, context->input_list("others", &others));
    OP_REQUIRES_OK(context, context->output_list("blended", &blended));
    const bool healthy = context->input(0).flat<bool>()(0);
    for (int index = 0; index < tensors.size(); ++index) {
      OP_REQUIRES(context, tensors[index].NumElements() == others[index].NumElements(),
                  absl::InvalidArgumentError("lists of unlike shapes"));
      Tensor* result = nullptr;
      OP_REQUIRES_OK(context, blended.allocate(index, tensors[index].shape(), &result));
      const float* one = tensors[index].flat<float>().data();
      const float* other = others[index].flat<float>().data();
      float* to = result->flat<float>().data();
      const float keep = keep_[index];
      const float take = take_[index];
      ForBlocks(context, tensors[index].NumElements(), kBlockSize, 1, [&](int64_t, Range block) {
        for (int64_t i = block.begin; i < block.end; ++i) to[i] = healthy ? one[i] * keep + other[i] * take : one[i];
      });
    }
  }

 private:
  std::vector<float> keep_;
  std::vector<float> take_;
};

REGISTER_KERNEL_BUILDER(Name("FlatbitAllFinite").Device(tensorflow::DEVICE_CPU), AllFinite);
REGISTER_KERNEL_BUILDER(Name("FlatbitGlobalNorm").Device(tensorflow::DEVICE_CPU), GlobalNorm);
REGISTER_KERNEL_BUILDER(Name("FlatbitBlend").Device(tensorflow::DEVICE_CPU), Blend);

}  // namespace
}  // namespace flatbit
