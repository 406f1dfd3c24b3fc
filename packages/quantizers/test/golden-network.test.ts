import * as tf from '@tensorflow/tfjs';
import { expectClose, testEngine } from '@flatbit/testing';
import { liqQuantizer } from '@flatbit/quantizers';
import { golden, type GoldenStep } from './golden.js';
import { activationOf, weightOf } from './operands.js';

/**
 * conv(2→3, 3×3, W8, A32) → bn → relu → conv(3→4, 3×3, W4A4) → bn → relu → mean over height and width → fc(4→3, W8A8),
 * in PyTorch's layout; convolutions are normalised and not rescaled. `added` is added to the quantized weights.
 */
function networkLoss(state: Tensors, added: Tensors): tf.Scalar {
  const { x, x_shape, y } = golden.qsam_toy;
  const liq = liqQuantizer({ normalize: 'standard' });
  const weight = (layer: string, bits: number, layerKind: string): tf.Tensor => {
    const target = weightOf(bits, { layerKind });
    const clipValue = state[`${layer}.weight_clip_value`]!;
    const quantized = liq.fakeQuantize(state[`${layer}.weight`]!, { clipValue }, target);
    return added[layer] ? quantized.add(added[layer]) : quantized;
  };
  const activation = (value: tf.Tensor, layer: string, bits: number): tf.Tensor =>
    liq.fakeQuantize(value, { clipValue: state[`${layer}.activation_clip_value`]! }, activationOf(bits));
  const convolve = (value: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2d(value as tf.Tensor4D, filter.transpose<tf.Tensor4D>([2, 3, 1, 0]), 1, 'same');
  const normalizeBatch = (value: tf.Tensor, layer: string): tf.Tensor => {
    const { mean, variance } = tf.moments(value, [0, 1, 2]);
    const standard = value.sub(mean).div(variance.add(1e-5).sqrt());
    return standard.mul(state[`${layer}.weight`]!).add(state[`${layer}.bias`]!);
  };
  const image = tf.tensor4d(x, x_shape).transpose<tf.Tensor4D>([0, 2, 3, 1]);
  const first = normalizeBatch(convolve(image, weight('conv', 8, 'conv2d')), 'bn1').relu();
  const second = normalizeBatch(
    convolve(activation(first, 'conv2', 4), weight('conv2', 4, 'conv2d')),
    'bn2',
  ).relu();
  const features = activation(second.mean([1, 2]), 'fc', 8);
  const logits = tf
    .matMul(features as tf.Tensor2D, weight('fc', 8, 'dense').transpose())
    .add(state['fc.bias']!);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(y, 'int32'), 3), logits as tf.Tensor2D);
}

type Tensors = Record<string, tf.Tensor>;

/** The state before the first step, with the clip values that the dense layer took at its first forward pass. */
function firstState({ fc_clip_after_init: clips }: GoldenStep): Tensors {
  const isClip = (name: string): boolean => name.endsWith('clip_value');
  const entries = Object.entries(golden.qsam_toy.init)
    .filter(([name]) => !/running|tracked/.test(name))
    .map(([name, { shape, v }]) => [name, isClip(name) ? tf.scalar(v[0]!) : tf.tensor(v, shape)] as const);
  return {
    ...Object.fromEntries(entries),
    'fc.weight_clip_value': tf.scalar(clips.w),
    'fc.activation_clip_value': tf.scalar(clips.a),
  };
}

describe("the published implementation's network, through LIQ", () => {
  before(() => tf.setBackend(testEngine));
  const step = golden.qsam_toy.steps[0]!;

  it('has its loss', () => {
    expectClose(networkLoss(firstState(step), {}), step.loss);
  });

  it('has its loss and all its gradients at the perturbed point, normalised weights among them', () => {
    const state = firstState(step);
    for (const [name, v] of Object.entries(step.perturbed)) state[name] = tf.tensor(v, state[name]!.shape);
    const perturbation = Object.fromEntries(
      Object.entries(step.eps).map(([layer, v]) => [layer, tf.tensor(v, state[`${layer}.weight`]!.shape)]),
    );
    const learned = Object.entries(step.grad_second).flatMap(([name, v]) => (v ? [[name, v] as const] : []));
    const names = learned.map(([name]) => name);
    const loss = (...values: tf.Tensor[]): tf.Scalar =>
      networkLoss(
        { ...state, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) },
        perturbation,
      );
    expectClose(loss(...names.map((name) => state[name]!)), step.loss_perturbed);
    const gradients = tf.grads(loss)(names.map((name) => state[name]!));
    learned.forEach(([, v], index) => {
      expectClose(gradients[index]!.flatten(), v, { relative: 1e-4 });
    });
  });
});
