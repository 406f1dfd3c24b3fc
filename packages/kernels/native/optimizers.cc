// The update of all parameters in one op, in the float32 operations of `@flatbit/optimizers`, to the same bits. Where the step
// was not healthy, everything keeps its bits.

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

// A row of `settings` per parameter: learning rate, momentum, weight decay.
REGISTER_OP("FlatbitSgd")
    .Input("settings: float")
    .Input("healthy: bool")
    .Input("parameters: N * float")
    .Input("gradients: N * float")
    .Input("velocities: N * float")
    .Output("next_parameters: N * float")
    .Output("next_velocities: N * float")
    .Attr("N: int >= 1")
    .Attr("nesterov: bool")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

// A row per parameter: beta1, beta2, 1 - beta1, 1 - beta2, weight decay, step size, epsilon.
REGISTER_OP("FlatbitAdam")
    .Input("settings: float")
    .Input("healthy: bool")
    .Input("parameters: N * float")
    .Input("gradients: N * float")
    .Input("first_moments: N * float")
    .Input("second_moments: N * float")
    .Output("next_parameters: N * float")
    .Output("next_first_moments: N * float")
    .Output("next_second_moments: N * float")
    .Attr("N: int >= 1")
    .SetShapeFn(tensorflow::shape_inference::UnknownShape);

// What an op reads and writes of one parameter.
template <int kInputs, int kOutputs>
struct Slices {
  const float* in[kInputs];
  float* out[kOutputs];
};

// Calls body(index, slices, range) for the blocks of every parameter; lists of inputs begin at input 2.
template <int kInputs, int kOutputs, typename Body>
void ForParameters(OpKernelContext* context, const Body& body) {
  int count = 0;
  {
    OpInputList parameters;
    OP_REQUIRES_OK(context, context->input_list("parameters", &parameters));
    count = parameters.size();
  }
  for (int index = 0; index < count; ++index) {
    Slices<kInputs, kOutputs> slices;
    const Tensor& parameter = context->input(2 + index);
    for (int i = 0; i < kInputs; ++i) {
      const Tensor& input = context->input(2 + i * count + index);
      OP_REQUIRES(context, input.NumElements() == parameter.NumElements(),
                  absl::InvalidArgumentError("lists of unlike shapes"));
      slices.in[i] = input.flat<float>().data();
    }
    for (int o = 0; o < kOutputs; ++o) {
      Tensor* output = nullptr;
      OP_REQUIRES_OK(context, context->allocate_output(o * count + index, parameter.shape(), &output));
      slices.out[o] = output->flat<float>().data();
    }
    ForBlocks(context, parameter.NumElements(), kBlockSize, 2,
              [&](int64_t, Range block) { body(index, slices, block); });
  }
}

class Sgd : public OpKernel {
 public:
  explicit Sgd(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("nesterov", &nesterov_));
  }

  void Compute(OpKernelContext* context) override {
    const auto settings = context->input(0).matrix<float>();
    const bool healthy = context->input(1).flat<bool>()(0);
    ForParameters<3, 2>(context, [&](int index, const Slices<3, 2>& slices, Range block) {
      const float learning_rate = settings(index, 0);
      const float momentum = settings(index, 1);
      const float weight_decay = settings(index, 2);
      for (int64_t i = block.begin; i < block.end; ++i) {
        const float parameter = slices.in[0][i];
        const float velocity = slices.in[2][i];
        const float gradient = weight_decay > 0 ? slices.in[1][i] + parameter * weight_decay : slices.in[1][i];
        const float next = velocity * momentum + gradient;
        const float direction = nesterov_ ? gradient + next * momentum : next;
        slices.out[0][i] = healthy ? parameter - direction * learning_rate : parameter;
        slices.out[1][i] = healthy ? next : velocity;
      }
    });
  }

 private:
  bool nesterov_;
};

class Adam : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const auto settings = context->input(0).matrix<float>();
    const bool healthy = context->input(1).flat<bool>()(0);
    ForParameters<4, 3>(context, [&](int index, const Slices<4, 3>& slices, Range block) {
      const float beta1 = settings(index, 0);
      const float beta2 = settings(index, 1);
      const float share1 = settings(index, 2);
      const float share2 = settings(index, 3);
      const float weight_decay = settings(index, 4);
      const float step_size = settings(index, 5);
      const float epsilon = settings(index, 6);
      for (int64_t i = block.begin; i < block.end; ++i) {
        const float parameter = slices.in[0][i];
        const float gradient = weight_decay > 0 ? slices.in[1][i] + parameter * weight_decay : slices.in[1][i];
        const float first = slices.in[2][i] * beta1 + gradient * share1;
        const float second = slices.in[3][i] * beta2 + gradient * gradient * share2;
        const float direction = first / (std::sqrt(second) + epsilon);
        slices.out[0][i] = healthy ? parameter - direction * step_size : parameter;
        slices.out[1][i] = healthy ? first : slices.in[2][i];
        slices.out[2][i] = healthy ? second : slices.in[3][i];
      }
    });
  }
};

REGISTER_KERNEL_BUILDER(Name("FlatbitSgd").Device(tensorflow::DEVICE_CPU), Sgd);
REGISTER_KERNEL_BUILDER(Name("FlatbitAdam").Device(tensorflow::DEVICE_CPU), Adam);

}  // namespace
}  // namespace flatbit
