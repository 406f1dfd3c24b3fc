import * as tf from '@tensorflow/tfjs';

/** The attributes that both gradient kernels of a 3D convolution share. */
export interface Conv3DGradientAttrs {
  strides: number | [number, number, number];
  pad: 'valid' | 'same' | number;
}

/** A 3D convolution as 2D convolutions: each plane of the filter, along depth, convolves slices of the input. */
export interface Conv3DPlanes {
  readonly conv: tf.backend_util.Conv3DInfo;
  /** Strides and padding of the 2D convolutions. */
  readonly attrs: { strides: [number, number]; pad: tf.backend_util.ExplicitPadding; dataFormat: 'NHWC' };
  /** Which slice of the input a plane of the filter reads for a slice of the output; `undefined` where that is padding. */
  inputSlice(plane: number, outputSlice: number): number | undefined;
}

/** Splits a 3D convolution with channels last into planes. */
export function conv3dPlanes(
  inputShape: [number, number, number, number, number],
  filterShape: [number, number, number, number, number],
  { strides, pad }: Conv3DGradientAttrs,
): Conv3DPlanes {
  const noDilation = 1;
  const conv = tf.backend_util.computeConv3DInfo(inputShape, filterShape, strides, noDilation, pad);
  const { front, top, bottom, left, right } = conv.padInfo;
  return {
    conv,
    attrs: {
      strides: [conv.strideHeight, conv.strideWidth],
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
    inputSlice: (plane, outputSlice) => {
      const slice = outputSlice * conv.strideDepth + plane - front;
      return slice >= 0 && slice < conv.inDepth ? slice : undefined;
    },
  };
}
