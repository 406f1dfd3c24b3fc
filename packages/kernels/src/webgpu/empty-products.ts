import * as tf from '@tensorflow/tfjs';

type Shape4D = [number, number, number, number];

interface Attrs {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape?: Shape4D;
  readonly inputShape?: Shape4D;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** The shape of the result of each kernel, by its inputs and attributes. */
const outShapes: Readonly<
  Record<string, (inputs: tf.NamedTensorInfoMap, attrs: Attrs) => readonly number[]>
> = {
  [tf.BatchMatMul]: matMulShape,
  [tf.Conv2D]: (inputs, attrs) => convolutionShape(inputs, attrs, false),
  [tf.DepthwiseConv2dNative]: (inputs, attrs) => convolutionShape(inputs, attrs, true),
  [tf.Conv2DBackpropFilter]: (_, { filterShape }) => filterShape!,
  [tf.Conv2DBackpropInput]: (_, { inputShape }) => inputShape!,
  [tf.DepthwiseConv2dNativeBackpropFilter]: (_, { filterShape }) => filterShape!,
  [tf.DepthwiseConv2dNativeBackpropInput]: (_, { inputShape }) => inputShape!,
};

function convolutionShape(
  inputs: tf.NamedTensorInfoMap,
  { strides, pad, dilations = 1, dimRoundingMode }: Attrs,
  depthwise: boolean,
): readonly number[] {
  const [x, filter] = [inputs['x']!, inputs['filter']!];
  return tf.backend_util.computeConv2DInfo(
    x.shape as Shape4D,
    filter.shape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  ).outShape;
}

function matMulShape(inputs: tf.NamedTensorInfoMap, { transposeA, transposeB }: Attrs): readonly number[] {
  const [a, b] = [inputs['a']!.shape, inputs['b']!.shape];
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

/**
 * Products of matrices, convolutions and their gradients over nothing, such as an empty batch: zeros. The stock kernels bind an empty buffer, an invalid command
 * that loses everything which waits in the same queue.
 */
function emptyProduct(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const isEmpty = Object.values(call.inputs).some((input) => input?.shape.includes(0));
      if (!isEmpty) return stock.kernelFunc(call);
      const shape = outShapes[stock.kernelName]!(call.inputs, call.attrs as unknown as Attrs);
      return tf.zeros([...shape]);
    },
  };
}

export const emptyProducts = Object.fromEntries(
  Object.keys(outShapes).map((name) => [name, emptyProduct] as const),
);
