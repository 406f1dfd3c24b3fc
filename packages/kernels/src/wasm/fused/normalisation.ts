import type { Code } from '../simd/code.js';
import {
  add,
  and,
  greater,
  larger,
  lessEqual,
  lesser,
  multiply,
  subtract,
  type Local,
} from '../simd/instructions.js';
import type { NamedChannelLoop } from '../simd/run-channel-loop.js';

/** Σ x */
export const sumOfRows: NamedChannelLoop = {
  name: 'sumOfRows',
  inputs: ['x'],
  outputs: [],
  vectors: [],
  constants: [],
  sums: 1,
  compute: ({ x }) => ({ outputs: {}, sums: [x!] }),
};

/** Σ (x − mean)² */
export const sumOfSquares: NamedChannelLoop = {
  name: 'sumOfSquares',
  inputs: ['x'],
  outputs: [],
  vectors: ['mean'],
  constants: [],
  sums: 1,
  compute: ({ x, mean }, vector) => {
    const distance = vector();
    return {
      before: [distance.set(subtract(x!, mean!))],
      outputs: {},
      sums: [multiply(distance.value, distance.value)],
    };
  },
};

const affine = (x: Code, factor: Code, shift: Code): Code => add(multiply(x, factor), shift);

/** `clip(x · factor + shift, low, high)`; NaN is neither below nor above, and stays. */
export const clippedAffine: NamedChannelLoop = {
  name: 'clippedAffine',
  inputs: ['x'],
  outputs: ['output'],
  vectors: ['factor', 'shift'],
  constants: ['low', 'high'],
  sums: 0,
  compute: ({ x, factor, shift, low, high }) => ({
    outputs: { output: lesser(larger(affine(x!, factor!, shift!), low!), high!) },
  }),
};

/** What of the gradient comes through the activation: all inside the range, the upper bound included, nothing outside. */
function through(
  values: Readonly<Record<string, Code>>,
  vector: () => Local,
): { before: Code[]; value: Code } {
  const { upstream, x, factor, shift, low, high } = values;
  const [normalised, gradient] = [vector(), vector()];
  const inside = and(greater(normalised.value, low!), lessEqual(normalised.value, high!));
  return {
    before: [normalised.set(affine(x!, factor!, shift!)), gradient.set(and(upstream!, inside))],
    value: gradient.value,
  };
}

/** Σ g and Σ g · (x − mean), with g what comes through. */
export const sumsOfGradient: NamedChannelLoop = {
  name: 'sumsOfGradient',
  inputs: ['upstream', 'x'],
  outputs: [],
  vectors: ['factor', 'shift', 'mean'],
  constants: ['low', 'high'],
  sums: 2,
  compute: (values, vector) => {
    const { before, value } = through(values, vector);
    return { before, outputs: {}, sums: [value, multiply(value, subtract(values['x']!, values['mean']!))] };
  },
};

/** `factor · g + (slope · (x − mean) + constant)` */
export const gradientOfInput: NamedChannelLoop = {
  name: 'gradientOfInput',
  inputs: ['upstream', 'x'],
  outputs: ['toX'],
  vectors: ['factor', 'shift', 'mean', 'slope', 'constant'],
  constants: ['low', 'high'],
  sums: 0,
  compute: (values, vector) => {
    const { before, value } = through(values, vector);
    const { x, factor, mean, slope, constant } = values;
    const line = affine(subtract(x!, mean!), slope!, constant!);
    return { before, outputs: { toX: add(multiply(factor!, value), line) } };
  },
};
