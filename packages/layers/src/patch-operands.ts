import * as tf from '@tensorflow/tfjs';
import type { ActivePass } from './active-pass.js';
import type { LayerOperands, WeightSlot } from './find-operands.js';
import { open, type LayerCall } from './layer-internals.js';
import { lendRead, patchCall, single } from './lend.js';

/** Makes a layer read its weights and its input through the pass that is running. Returns the undo. */
export function patchOperands(operands: LayerOperands, active: () => ActivePass | undefined): () => void {
  const { layer, kind } = operands.site;
  return patchCall(layer, (original) => (inputs, kwargs) => {
    const pass = active();
    if (!pass) return original(inputs, kwargs);
    return kind === 'separableConv2d'
      ? separableCall(operands, pass, inputs)
      : lendingCall(operands, pass, original, inputs, kwargs);
  });
}

function lendingCall(
  { activations, weights }: LayerOperands,
  { read }: ActivePass,
  original: LayerCall,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
): tf.Tensor | tf.Tensor[] {
  const input = read(activations[0]!, single(inputs));
  const lend = ([slot, ...rest]: readonly WeightSlot[]): tf.Tensor | tf.Tensor[] =>
    slot
      ? lendRead(slot.weight, read(slot.operand, slot.weight.read()), () => lend(rest))
      : original(Array.isArray(inputs) ? [input] : input, kwargs);
  return lend(weights);
}

/** `pointwise(read(depthwise(read(x))))`: the stock layer runs both in one op, and nothing could be read between them. */
function separableCall(
  { site, activations, weights }: LayerOperands,
  { read }: ActivePass,
  inputs: tf.Tensor | tf.Tensor[],
): tf.Tensor {
  const { strides, padding, bias, activation, dataFormat } = open(site.layer);
  const channelsFirst = dataFormat === 'channelsFirst';
  const [depthwise, pointwise] = weights.map(({ operand, weight }) => read(operand, weight.read()));
  const x = read(activations[0]!, single(inputs));
  return tf.tidy(() => {
    const places = channelsFirst ? tf.transpose(x, [0, 2, 3, 1]) : x;
    const inner = tf.depthwiseConv2d(places as tf.Tensor4D, depthwise as tf.Tensor4D, strides!, padding!);
    let output: tf.Tensor = tf.conv2d(
      read(activations[1]!, inner) as tf.Tensor4D,
      pointwise as tf.Tensor4D,
      1,
      'valid',
    );
    if (bias) output = output.add(bias.read());
    if (activation) output = activation.apply(output);
    return channelsFirst ? tf.transpose(output, [0, 3, 1, 2]) : output;
  });
}
