import type * as tf from '@tensorflow/tfjs';

/** One convolution of a network, for one image. */
export interface ConvolutionShape {
  readonly depthwise: boolean;
  /** Fed by the images, whose gradient nobody needs. */
  readonly first: boolean;
  /** `[height, width, channels]` */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly filterShape: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid';
}

/** The convolutions of a network in the order of its layers; each layer is called once. */
export function findConvolutions(model: tf.LayersModel): readonly ConvolutionShape[] {
  return model.layers.flatMap((layer): ConvolutionShape[] => {
    const kind = layer.getClassName();
    if (kind !== 'Conv2D' && kind !== 'DepthwiseConv2D') return [];
    const { strides, padding } = layer.getConfig() as { strides: number[]; padding: 'same' | 'valid' };
    const input = layer.input as tf.SymbolicTensor;
    const output = layer.output as tf.SymbolicTensor;
    return [
      {
        depthwise: kind === 'DepthwiseConv2D',
        first: input.sourceLayer.getClassName() === 'InputLayer',
        inputShape: input.shape.slice(1) as number[],
        outputShape: output.shape.slice(1) as number[],
        filterShape: layer.weights[0]!.shape as number[],
        strides,
        padding,
      },
    ];
  });
}
