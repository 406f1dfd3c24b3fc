import { assemble, type Assembly } from './assemble.js';
import type { Code } from './code.js';
import { add, load, loadOne, repeat, splatBits, store, storeOne, type Local } from './instructions.js';

/** What a loop over rows of channels, `[rows, channels]`, is about. */
export interface ChannelLoop {
  /** Arrays of rows that are read. */
  readonly inputs: readonly string[];
  /** Arrays of rows that are written. */
  readonly outputs: readonly string[];
  /** Arrays with one number for each channel. */
  readonly vectors: readonly string[];
  /** Numbers that are the same for all. */
  readonly constants: readonly string[];
  /** How many sums over the rows are taken for each channel. */
  readonly sums: number;
  /** What becomes of four channels of a row; locals come from `vector`. */
  readonly compute: (
    values: Readonly<Record<string, Code>>,
    vector: () => Local,
  ) => {
    readonly before?: readonly Code[];
    readonly outputs: Readonly<Record<string, Code>>;
    readonly sums?: readonly Code[];
  };
}

/** How much of a row one function takes: one channel, or some fours of them. */
export type TileWidth = 'one' | number;

/**
 * A function over a tile of channels, all along the rows: the addresses of inputs, outputs and vectors at its first channel, the bits of
 * the constants, the number of rows, at least one, the bytes from a row to the next, and, if there are sums, where to put them: fours by fours, one
 * sum after the other.
 */
export function assembleChannelLoop(
  { inputs, outputs, vectors, constants, sums, compute }: ChannelLoop,
  width: TileWidth,
): Assembly {
  const names = [...inputs, ...outputs, ...vectors, ...constants, 'rows', 'rowBytes', 'totals'];
  const [fours, loadLanes, storeLanes] = width === 'one' ? [1, loadOne, storeOne] : [width, load, store];
  return assemble(names, ({ parameters, vector }) => {
    const address = (name: string): Code => parameters[name]!.value;
    const locals = (of: readonly string[]) => new Map(of.map((name) => [name, vector()]));
    const spread = locals(constants);
    const read = locals(inputs);
    const temporaries: Local[] = [];
    const tile = Array.from({ length: fours }, (_, index) => ({
      offset: 16 * index,
      channel: locals(vectors),
      totals: Array.from({ length: sums }, vector),
    }));
    const row = tile.flatMap(({ offset, channel, totals }) => {
      let used = 0;
      const values = [...spread, ...read, ...channel].map(([name, { value }]) => [name, value] as const);
      const result = compute(Object.fromEntries(values), () => (temporaries[used++] ??= vector()));
      return [
        ...inputs.map((name) => read.get(name)!.set(loadLanes(address(name), offset))),
        ...(result.before ?? []),
        ...outputs.map((name) => storeLanes(address(name), offset, result.outputs[name]!)),
        ...totals.map((total, sum) => total.set(add(total.value, result.sums![sum]!))),
      ];
    });
    const { rows, rowBytes, totals: to } = parameters;
    return [
      ...constants.map((name) => spread.get(name)!.set(splatBits(address(name)))),
      ...tile.flatMap(({ offset, channel }) =>
        vectors.map((name) => channel.get(name)!.set(loadLanes(address(name), offset))),
      ),
      repeat(rows!, [
        ...row,
        ...[...inputs, ...outputs].map((name) => parameters[name]!.increase(rowBytes!.value)),
      ]),
      ...tile.flatMap(({ offset, totals }) =>
        totals.map((total, sum) => store(to!.value, offset + 16 * fours * sum, total.value)),
      ),
    ];
  });
}
