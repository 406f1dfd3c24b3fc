import * as tf from '@tensorflow/tfjs';

/** What a reduction of nothing gives, as on the cpu engine. */
const ofNothing: Readonly<Record<string, number>> = {
  [tf.Sum]: 0,
  [tf.Mean]: 0,
  [tf.Prod]: 1,
  [tf.Max]: NaN,
  [tf.Min]: NaN,
  [tf.All]: 0,
  [tf.Any]: 0,
};

interface Attrs {
  readonly axis?: number | number[];
  /** What `Max` calls its axes. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/**
 * Reductions that know what to do with nothing, and a product that keeps dimensions when it is told to. The stock kernels ask
 * for a buffer of 0/0 bytes, which throws and leaves tensors behind.
 */
function reduction(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { shape, dtype } = call.inputs['x']!;
      const { axis, reductionIndices, keepDims = false } = call.attrs as unknown as Attrs;
      const isEmpty = shape.includes(0);
      if (!isEmpty && stock.kernelName !== tf.Prod) return stock.kernelFunc(call);
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices!, shape);
      const reduced = shape.map((length, at) => (axes.includes(at) ? 1 : length));
      const outShape = keepDims ? reduced : shape.filter((_, at) => !axes.includes(at));
      if (!isEmpty) return { ...(stock.kernelFunc(call) as tf.TensorInfo), shape: outShape };
      return tf.tidy(() => tf.fill(outShape, ofNothing[stock.kernelName]!).cast(dtype));
    },
  };
}

export const reductions = Object.fromEntries(
  Object.keys(ofNothing).map((name) => [name, reduction] as const),
);
