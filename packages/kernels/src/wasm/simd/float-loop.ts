import { assemble, type Assembly } from './assemble.js';
import type { Code } from './code.js';
import {
  add,
  integer,
  load,
  loadOne,
  repeat,
  splatBits,
  store,
  storeOne,
  unlessZero,
  type Local,
} from './instructions.js';

/** What a loop over floats is about. */
export interface FloatLoop<In extends string, Constant extends string, Out extends string> {
  /** Arrays that are read, side by side. */
  readonly inputs: readonly In[];
  /** Numbers that are the same for all. */
  readonly constants: readonly Constant[];
  /** Arrays that are written. */
  readonly outputs: readonly Out[];
  /** How many sums are taken. A float that is not there counts as a zero of every input. */
  readonly sums: number;
  /** What becomes of four floats; locals come from `vector`. */
  readonly compute: (
    values: Readonly<Record<In | Constant, Code>>,
    vector: () => Local,
  ) => {
    readonly before?: readonly Code[];
    readonly outputs: Readonly<Record<Out, Code>>;
    readonly sums?: readonly Code[];
  };
}

/**
 * A function over arrays of floats: the addresses of inputs and outputs, the bits of the constants, how many floats there are in
 * fours and how many are left, and, if there are sums, where to put four parts of each.
 */
export function assembleFloatLoop<In extends string, Constant extends string, Out extends string>({
  inputs,
  constants,
  outputs,
  sums,
  compute,
}: FloatLoop<In, Constant, Out>): Assembly {
  const names = [...inputs, ...outputs, ...constants, 'fours', 'left', 'parts'] as const;
  return assemble(names, ({ parameters, vector }) => {
    const spread = Object.fromEntries(constants.map((name) => [name, vector()])) as Record<Constant, Local>;
    const read = Object.fromEntries(inputs.map((name) => [name, vector()])) as Record<In, Local>;
    const totals = Array.from({ length: sums }, vector);
    const values = Object.fromEntries(
      [...Object.entries<Local>(spread), ...Object.entries<Local>(read)].map(([name, { value }]) => [
        name,
        value,
      ]),
    ) as Record<In | Constant, Code>;
    const result = compute(values, vector);
    const step = (loadLanes: typeof load, storeLanes: typeof store, bytes: number): Code[] => [
      ...inputs.map((name) => read[name].set(loadLanes(parameters[name].value, 0))),
      ...(result.before ?? []),
      ...outputs.map((name) => storeLanes(parameters[name].value, 0, result.outputs[name])),
      ...totals.map((total, index) => total.set(add(total.value, result.sums![index]!))),
      ...[...inputs, ...outputs].map((name) => parameters[name].increase(integer(bytes))),
    ];
    const { fours, left, parts } = parameters;
    return [
      ...constants.map((name) => spread[name].set(splatBits(parameters[name].value))),
      unlessZero(fours, [repeat(fours, step(load, store, 16))]),
      unlessZero(left, [repeat(left, step(loadOne, storeOne, 4))]),
      ...totals.map((total, index) => store(parts.value, 16 * index, total.value)),
    ];
  });
}
