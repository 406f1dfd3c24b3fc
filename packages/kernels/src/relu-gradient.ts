import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './fused-kernels.js';

/**
 * ReLU's gradient from its output, `upstream · 1{output > 0}`: one pass where the engine has it. The stock gradient keeps the
 * input as well, which then cannot be freed until the backward pass.
 */
const reluGradient: tf.GradConfig = {
  kernelName: tf.Relu,
  outputsToSave: [true],
  gradFunc: (dy, [output]) => {
    const upstream = dy as tf.Tensor;
    return {
      x: () =>
        fusedKernel('ReluGrad')?.({ upstream, output: output! }, {})[0] ?? upstream.mul(output!.step()),
    };
  },
};

/** Replaces TF.js's gradient of ReLU, on every engine. */
export function registerReluGradient(): void {
  if (tf.getGradient(tf.Relu) === reluGradient) return;
  tf.unregisterGradient(tf.Relu);
  tf.registerGradient(reluGradient);
}
