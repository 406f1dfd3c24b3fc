import type * as tf from '@tensorflow/tfjs';
import { fusedKernelName } from '../fused-kernels.js';
import { boolAttribute, execute, floatAttribute, typeAttribute, type OpAttribute } from './execute.js';

const attributesOf = (attributes: unknown): OpAttribute[] => [
  typeAttribute(),
  typeAttribute('TF_FLOAT', 'U'),
  floatAttribute('epsilon', (attributes as { epsilon: number }).epsilon),
  boolAttribute('is_training', true),
];

/** TensorFlow's op takes images: every row becomes an image of one place. */
const asImages = (x: tf.TensorInfo): tf.Tensor => {
  const channels = x.shape.at(-1)!;
  return (x as tf.Tensor).reshape([
    x.shape.slice(0, -1).reduce((rows, size) => rows * size, 1),
    1,
    1,
    channels,
  ]);
};

/** `FusedBatchNormV3`: its fourth and fifth outputs are the mean and the biased variance that its gradient wants. */
export const stockBatchNorm: tf.KernelConfig = {
  kernelName: fusedKernelName('BatchNorm'),
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { x, scale, offset } = inputs as unknown as Record<'x' | 'scale' | 'offset', tf.Tensor>;
    const empty = scale.slice(0, 0);
    const images = asImages(x);
    const outputs = execute(
      'FusedBatchNormV3',
      attributesOf(attrs),
      [images, scale, offset, empty, empty],
      6,
    );
    const [output, movingMean, movingVariance, mean, variance, reserved] = outputs as Six<tf.Tensor>;
    const result = [output.reshape(x.shape), mean, variance];
    for (const spare of [empty, images, output, movingMean, movingVariance, reserved]) spare.dispose();
    return result;
  },
};

/** `FusedBatchNormGradV3`. */
export const stockBatchNormGrad: tf.KernelConfig = {
  kernelName: fusedKernelName('BatchNormGrad'),
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { upstream, x, scale, mean, variance } = inputs as unknown as Record<string, tf.Tensor>;
    const images = asImages(x!);
    const upstreamImages = asImages(upstream!);
    const empty = scale!.slice(0, 0);
    const given = [upstreamImages, images, scale!, mean!, variance!, empty];
    const [toX, toScale, toOffset, ...spare] = execute('FusedBatchNormGradV3', attributesOf(attrs), given, 5);
    const result = [toX!.reshape(x!.shape), toScale!, toOffset!];
    for (const tensor of [images, upstreamImages, empty, toX!, ...spare]) tensor.dispose();
    return result;
  },
};

type Six<T> = [T, T, T, T, T, T];
