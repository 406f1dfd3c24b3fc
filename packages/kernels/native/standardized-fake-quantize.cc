// Fake quantization of a weight by its own mean and deviation: standardise, quantize with a learned range, and rescale.

#include <cmath>
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

// `statistics` is [mean, deviation].
REGISTER_OP("FlatbitStandardizedFakeQuantize")
    .Input("weight: float")
    .Input("learned: float")
    .Output("quantized: float")
    .Output("statistics: float")
    .Attr("rescale: bool")
    .FLATBIT_GRID_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

REGISTER_OP("FlatbitStandardizedFakeQuantizeGrad")
    .Input("upstream: float")
    .Input("weight: float")
    .Input("learned: float")
    .Input("statistics: float")
    .Output("to_weight: float")
    .Output("to_learned: float")
    .Attr("rescale: bool")
    .FLATBIT_GRID_ATTRS.SetShapeFn(tensorflow::shape_inference::UnknownShape);

struct Statistics {
  float mean;
  float deviation;
};

// Mean and unbiased deviation, at least `floor`, over all elements; added up in double precision.
Statistics StatisticsOf(OpKernelContext* context, const float* weight, int64_t size, float floor) {
  std::vector<double> partial(BlockCount(size), 0.0);
  const auto sum_of = [&](const auto& term) {
    ForBlocks(context, size, kBlockSize, 2, [&](int64_t index, Range block) {
      double sum = 0;
      for (int64_t i = block.begin; i < block.end; ++i) sum += term(weight[i]);
      partial[index] = sum;
    });
    return SumInOrder(partial);
  };
  const double mean = sum_of([](float w) { return static_cast<double>(w); }) / std::max<int64_t>(size, 1);
  const double squares = sum_of([mean](float w) { return (w - mean) * (w - mean); });
  const float deviation = static_cast<float>(std::sqrt(squares / std::max<int64_t>(size - 1, 1)));
  return {static_cast<float>(mean), std::isnan(deviation) ? deviation : std::max(deviation, floor)};
}

class StandardizedFakeQuantize : public OpKernel {
 public:
  explicit StandardizedFakeQuantize(OpKernelConstruction* context) : OpKernel(context), grid_(context) {
    OP_REQUIRES_OK(context, context->GetAttr("rescale", &rescale_));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor& weight = context->input(0);
    Tensor* quantized = nullptr;
    Tensor* statistics = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, weight.shape(), &quantized));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({2}), &statistics));
    const float* from = weight.flat<float>().data();
    float* to = quantized->flat<float>().data();
    const int64_t size = weight.NumElements();
    const auto [mean, deviation] = StatisticsOf(context, from, size, grid_.floor);
    statistics->flat<float>()(0) = mean;
    statistics->flat<float>()(1) = deviation;
    const float range = LearnedRange(context->input(1).flat<float>()(0), grid_.floor).range;
    const Snap snap(grid_, range);
    const float scale = rescale_ ? deviation : 1.0f;
    const float offset = rescale_ ? mean : 0.0f;
    ForBlocks(context, size, kBlockSize, 3, [&, mean = mean, deviation = deviation](int64_t, Range block) {
      for (int64_t i = block.begin; i < block.end; ++i) {
        to[i] = snap((from[i] - mean) / deviation / range) * scale + offset;
      }
    });
  }

 private:
  const Grid grid_;
  bool rescale_;
};

class StandardizedFakeQuantizeGrad : public OpKernel {
 public:
  explicit StandardizedFakeQuantizeGrad(OpKernelConstruction* context) : OpKernel(context), grid_(context) {
    OP_REQUIRES_OK(context, context->GetAttr("rescale", &rescale_));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor& weight = context->input(1);
    Tensor* to_weight = nullptr;
    Tensor* to_learned = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, weight.shape(), &to_weight));
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape(), &to_learned));
    const LearnedRange learned(context->input(2).flat<float>()(0), grid_.floor);
    const float range = learned.range;
    const Snap snap(grid_, range);
    const float mean = context->input(3).flat<float>()(0);
    const float deviation = context->input(3).flat<float>()(1);
    const float scale = rescale_ ? deviation : 1.0f;
    const float* upstream = context->input(0).flat<float>().data();
    const float* from = weight.flat<float>().data();
    float* to = to_weight->flat<float>().data();
    const int64_t size = weight.NumElements();
    std::vector<double> partial(BlockCount(size), 0.0);
    ForBlocks(context, size, kBlockSize, 4, [&](int64_t index, Range block) {
      LaneSum sum;
      ForLanes(block, [&](int64_t i, int64_t lane) {
        const float normalized = (from[i] - mean) / deviation;
        const float ratio = normalized / range;
        const float inside = snap.Inside(ratio);
        const float gradient = upstream[i] * scale;
        sum.lanes[lane] += (snap(ratio) - normalized * inside) * gradient;
        to[i] = gradient * inside / deviation;
      });
      partial[index] = sum.Total();
    });
    to_learned->scalar<float>()() = static_cast<float>(SumInOrder(partial)) / range * learned.sign;
  }

 private:
  const Grid grid_;
  bool rescale_;
};

REGISTER_KERNEL_BUILDER(Name("FlatbitStandardizedFakeQuantize").Device(tensorflow::DEVICE_CPU),
                        StandardizedFakeQuantize);
REGISTER_KERNEL_BUILDER(Name("FlatbitStandardizedFakeQuantizeGrad").Device(tensorflow::DEVICE_CPU),
                        StandardizedFakeQuantizeGrad);

}  // namespace
}  // namespace flatbit
