import * as tf from '@tensorflow/tfjs';

/** The attributes that the gradient kernels of a 2D convolution share. */
export interface Conv2DGradientAttrs {
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

/**
 * Sizes, strides and paddings of a convolution, from what a gradient kernel is told.
 * @throws Error when the data format is not NHWC, the only one that the `wasm` engine convolves.
 */
export function conv2dGeometry(
  kernelName: string,
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dataFormat, dimRoundingMode }: Conv2DGradientAttrs,
  depthwise = false,
): tf.backend_util.Conv2DInfo {
  if (dataFormat === 'NCHW') {
    throw new Error(`wasm engine: ${kernelName} takes data format NHWC, got NCHW; transpose to NHWC`);
  }
  const noDilation = 1;
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    noDilation,
    pad,
    dimRoundingMode,
    depthwise,
  );
}
