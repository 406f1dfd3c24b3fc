import type * as tf from '@tensorflow/tfjs';

/** One weight of a layer, as PyTorch holds it. */
export interface PyTorchWeight {
  /** The parameter or buffer of the module. */
  readonly parameter: string;
  readonly shape: readonly number[];
  /** A tensor of that shape in our layout; made inside `tf.tidy`. */
  toOurs(values: tf.Tensor): tf.Tensor;
}

type Layout = (shape: readonly number[]) => Omit<PyTorchWeight, 'parameter'>;

const same: Layout = (shape) => ({ shape, toOurs: (values) => values });

/** `[out, in, h, w]` to `[h, w, in, out]`. */
const convolution: Layout = ([h, w, inputs, outputs]) => ({
  shape: [outputs!, inputs!, h!, w!],
  toOurs: (values) => values.transpose([2, 3, 1, 0]),
});

/** `[channels · multiplier, 1, h, w]` to `[h, w, channels, multiplier]`. */
const depthwise: Layout = ([h, w, channels, multiplier]) => ({
  shape: [channels! * multiplier!, 1, h!, w!],
  toOurs: (values) => values.transpose([2, 3, 0, 1]).reshape([h!, w!, channels!, multiplier!]),
});

/** `[out, in]` to `[in, out]`. */
const dense: Layout = ([inputs, outputs]) => ({
  shape: [outputs!, inputs!],
  toOurs: (values) => values.transpose(),
});

/** By layer class and by our name of the weight: what PyTorch calls it, and how it lays it out. */
const weights: Readonly<Record<string, Readonly<Record<string, readonly [string, Layout]>>>> = {
  Conv2D: { kernel: ['weight', convolution], bias: ['bias', same] },
  DepthwiseConv2D: { depthwise_kernel: ['weight', depthwise], bias: ['bias', same] },
  Dense: { kernel: ['weight', dense], bias: ['bias', same] },
  BatchNormalization: {
    gamma: ['weight', same],
    beta: ['bias', same],
    moving_mean: ['running_mean', same],
    moving_variance: ['running_var', same],
  },
};

/** How PyTorch holds a weight of `shape` that a layer of our class `kind` calls `slot`; undefined where that is not known. */
export function pytorchWeight(
  kind: string,
  slot: string,
  shape: readonly number[],
): PyTorchWeight | undefined {
  const found = weights[kind]?.[slot];
  if (!found) return undefined;
  const [parameter, layout] = found;
  return { parameter, ...layout(shape) };
}
