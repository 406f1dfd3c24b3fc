import * as tf from '@tensorflow/tfjs';

interface Attrs {
  strides: number | [number, number];
  dilations?: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * A convolution kernel that is told paddings instead of 'same'. Left to itself, the engine's library underflows where the
 * strides step over the end of an axis (a 3x1 filter, strides 2, width 6) and leaves the output unwritten.
 */
export function explicitSamePadding(stock: tf.KernelConfig): tf.KernelConfig {
  const depthwise =
    stock.kernelName === tf.DepthwiseConv2dNative || stock.kernelName === tf.FusedDepthwiseConv2D;
  return {
    ...stock,
    kernelFunc: (call) => {
      const { strides, dilations, pad, dataFormat, dimRoundingMode } = call.attrs as unknown as Attrs;
      if (pad !== 'same' || dataFormat === 'NCHW') return stock.kernelFunc(call);
      const { x, filter } = call.inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
      const { padInfo } = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        strides,
        dilations ?? 1,
        pad,
        dimRoundingMode,
        depthwise,
      );
      const { top, bottom, left, right } = padInfo;
      const explicit = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return stock.kernelFunc({ ...call, attrs: { ...call.attrs, pad: explicit } });
    },
  };
}
