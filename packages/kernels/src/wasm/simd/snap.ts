import type { Code } from './code.js';
import {
  add,
  and,
  divide,
  greaterEqual,
  larger,
  lessEqual,
  lesser,
  multiply,
  nearest,
  subtract,
  zeros,
  type Local,
} from './instructions.js';

/** Numbers of a grid with a learned range; see `gridConstants`. */
export const gridConstants = [
  'range',
  'shift',
  'low',
  'high',
  'steps',
  'offset',
  'level',
  'least',
  'most',
  'one',
] as const;

type GridValues = Readonly<Record<(typeof gridConstants)[number], Code>>;

/** A value on its way to the grid. */
export interface Snapping {
  /** To be run first. */
  readonly before: readonly Code[];
  /** The nearest level; NaN where the value is not finite. */
  readonly level: Code;
  /** 1 where the value is in range, bounds included, else 0. */
  readonly inside: Code;
}

/** Snaps values to a grid, by the float32 operations of the composed form in their order, so to the same bits. */
export function snap(value: Code, grid: GridValues, vector: () => Local): Snapping {
  const [ratio, shifted] = [vector(), vector()];
  const raised = larger(grid.low, shifted.value);
  const clipped = add(lesser(grid.high, raised), multiply(shifted.value, zeros));
  return {
    before: [ratio.set(divide(value, grid.range)), shifted.set(add(ratio.value, grid.shift))],
    level: multiply(subtract(nearest(multiply(clipped, grid.steps)), grid.offset), grid.level),
    inside: and(and(greaterEqual(ratio.value, grid.least), lessEqual(ratio.value, grid.most)), grid.one),
  };
}
