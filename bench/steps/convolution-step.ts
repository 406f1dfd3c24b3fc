import * as tf from '@tensorflow/tfjs';
import { findConvolutions, type ConvolutionShape } from './find-convolutions.js';
import type { TimedStep } from './timed-step.js';

/**
 * All convolutions of a network and nothing else: forward and both gradients, no gradient of the first one's input. What a
 * step cannot be faster than, unless it convolves less or faster than the engine's own kernels do.
 * @param passes forward and backward passes in one step: 1, or 2 for SAQ.
 */
export function convolutionStep(model: tf.LayersModel, passes: number, batchSize: number): TimedStep {
  const convolutions = findConvolutions(model).map((shape) => allocate(shape, batchSize));
  return async () => {
    const last = tf.tidy(() => {
      let gradient: tf.Tensor | undefined;
      for (let pass = 0; pass < passes; pass += 1) {
        for (const convolution of convolutions) tf.dispose(forward(convolution));
        for (const convolution of [...convolutions].reverse()) {
          if (!convolution.shape.first) tf.dispose(inputGradient(convolution));
          tf.dispose(gradient ?? []);
          gradient = filterGradient(convolution);
        }
      }
      return gradient!;
    });
    await last.data();
    last.dispose();
  };
}

interface Convolution {
  readonly shape: ConvolutionShape;
  /** `[batch, height, width, channels]` */
  readonly x: tf.Tensor;
  readonly filter: tf.Tensor;
  /** Of the output's shape. */
  readonly dy: tf.Tensor;
}

function allocate(shape: ConvolutionShape, batchSize: number): Convolution {
  return {
    shape,
    x: tf.randomNormal([batchSize, ...shape.inputShape]),
    filter: tf.randomNormal([...shape.filterShape], 0, 0.1),
    dy: tf.randomNormal([batchSize, ...shape.outputShape]),
  };
}

function attributes({ shape: { strides, padding } }: Convolution) {
  return { strides: [...strides], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
}

function forward(convolution: Convolution): tf.Tensor {
  const { shape, x, filter } = convolution;
  const kernel = shape.depthwise ? tf.DepthwiseConv2dNative : tf.Conv2D;
  return run(kernel, { x, filter }, attributes(convolution));
}

function filterGradient(convolution: Convolution): tf.Tensor {
  const { shape, x, filter, dy } = convolution;
  const kernel = shape.depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
  return run(kernel, { x, dy }, { ...attributes(convolution), filterShape: filter.shape });
}

function inputGradient(convolution: Convolution): tf.Tensor {
  const { shape, x, filter, dy } = convolution;
  const kernel = shape.depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
  return run(kernel, { dy, filter }, { ...attributes(convolution), inputShape: x.shape });
}

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap);
}
