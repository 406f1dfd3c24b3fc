import * as tf from '@tensorflow/tfjs';
import type { ActivePass } from './active-pass.js';
import { open, type LayerCall } from './layer-internals.js';
import { patchCall, single } from './lend.js';
import { maskSeed } from './mask-seed.js';
import type { LayerSite } from './walk-layers.js';

type Noise = (layer: tf.layers.Layer, input: tf.Tensor, seed: number) => tf.Tensor;

/** Layers that draw random numbers, and how to draw them again from a seed. */
const noises: Readonly<Record<string, Noise>> = {
  gaussianNoise: (layer, input, seed) =>
    input.add(
      tf.randomNormal(input.shape, 0, (layer as unknown as { stddev: number }).stddev, 'float32', seed),
    ),
  gaussianDropout: (layer, input, seed) => {
    const { rate } = layer as unknown as { rate: number };
    return input.mul(tf.randomNormal(input.shape, 1, Math.sqrt(rate / (1 - rate)), 'float32', seed));
  },
  alphaDropout: (layer, input, seed) => {
    const { rate, noiseShape } = layer as unknown as { rate: number; noiseShape?: number[] };
    return alphaDropout(input, rate, noiseShape ?? input.shape, seed);
  },
};

/** Kinds that take a seed of their own. */
const seeded: ReadonlySet<string> = new Set(['dropout', 'spatialDropout1d']);

/**
 * Keys a layer's mask by seed, step and layer: both passes of a step see one mask, the next step another. Returns the
 * undo, or undefined if the layer draws nothing.
 */
export function patchNoise(
  { layer, path, kind }: LayerSite,
  seed: number,
  active: () => ActivePass | undefined,
): (() => void) | undefined {
  const noise = noises[kind];
  if (!noise && !seeded.has(kind)) return undefined;
  return patchCall(layer, (original) => (inputs, kwargs) => {
    const running = active();
    const { rate } = layer as unknown as { rate?: number };
    const silent = rate !== undefined && (rate <= 0 || rate >= 1);
    if (!running || running.pass.inference || silent) return original(inputs, kwargs);
    const key = maskSeed(`${seed}/${running.pass.step}/${path}/${running.nextCall(path)}`);
    return noise
      ? tf.tidy(() => noise(layer, single(inputs), key))
      : withSeed(layer, key, original, inputs, kwargs);
  });
}

function withSeed(
  layer: tf.layers.Layer,
  seed: number,
  original: LayerCall,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
): tf.Tensor | tf.Tensor[] {
  const target = open(layer);
  const before = target.seed;
  target.seed = seed;
  try {
    return original(inputs, kwargs);
  } finally {
    target.seed = before;
  }
}

/** Klambauer et al., arXiv 1706.02515, section 3: dropped units are set to −λα, then mean and variance are restored. */
function alphaDropout(input: tf.Tensor, rate: number, noiseShape: number[], seed: number): tf.Tensor {
  const dropped = -1.0507009873554805 * 1.6732632423543772;
  const kept = tf.randomUniform(noiseShape, 0, 1, 'float32', seed).greaterEqual(rate).toFloat();
  const scale = ((1 - rate) * (1 + rate * dropped ** 2)) ** -0.5;
  return input
    .mul(kept)
    .add(kept.sub(1).mul(-dropped))
    .mul(scale)
    .sub(scale * dropped * rate);
}
