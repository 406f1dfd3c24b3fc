import { checkWord } from './check-word.js';
import type { QuantizerTarget } from './quantizer.js';

/**
 * How far one parameter reaches: over the whole operand, or over one output channel of a weight. Activations always have one
 * parameter for the whole tensor.
 */
export type Granularity = 'perTensor' | 'perChannel';

/** @throws RangeError if it is neither of them. */
export function checkGranularity(quantizer: string, granularity: Granularity): void {
  checkWord(quantizer, 'granularity', granularity, ['perTensor', 'perChannel']);
}

/** Shape of a parameter: `[]`, or 1 on all axes but the channel axes, so that it broadcasts against the weight. */
export function parameterShape(
  { role, shape, channelAxes }: QuantizerTarget,
  granularity: Granularity,
): readonly number[] {
  if (granularity === 'perTensor' || role === 'activation') return [];
  return shape.map((size, axis) => (channelAxes.includes(axis) ? size! : 1));
}
