import { assembleChannelLoop, type ChannelLoop, type TileWidth } from './channel-loop.js';
import { bitsOf } from './instructions.js';
import { linkSurely, type Run } from './link.js';

const floatBytes = 4;
const lanes = 4;
/** A tile of a row is a line of the cache, or half of one where more would not fit into registers. */
const mostFours = 4;
const registers = 12;
/** Floats that are worked on together: few enough to be added up exactly to 1e-6, and to stay in the cache. */
const blockSize = 8192;

/** A loop over rows of channels, with its name among all functions. */
export interface NamedChannelLoop extends ChannelLoop {
  readonly name: string;
}

/** What a loop runs over. */
export interface ChannelArrays {
  /** Inputs and outputs, `[rows, channels]`, on the engine's heap. */
  readonly arrays: readonly Float32Array[];
  /** `[channels]`, on the engine's heap. */
  readonly vectors: readonly Float32Array[];
  readonly constants?: readonly number[];
  readonly channels: number;
  /** Place on the heap for the sums of a tile: `totalsOf(loop)` floats. */
  readonly totals?: Float32Array;
}

/** How many floats `runChannelLoop` needs for the sums of a tile. */
export function totalsOf({ sums }: NamedChannelLoop): number {
  return lanes * mostFours * sums;
}

/**
 * Runs a loop over all rows, tile by tile.
 * @returns each sum for each channel, `[sums][channels]`, added up block by block in double precision.
 */
export function runChannelLoop(
  loop: NamedChannelLoop,
  { arrays, vectors, constants = [], channels, totals }: ChannelArrays,
): Float64Array[] {
  const bits = constants.map(bitsOf);
  const sums = Array.from({ length: loop.sums }, () => new Float64Array(channels));
  const rows = channels === 0 ? 0 : arrays[0]!.length / channels;
  const rowsPerBlock = Math.max(1, Math.floor(blockSize / channels));
  const tiles = tilesOf(loop, channels);
  for (let start = 0; start < rows; start += rowsPerBlock) {
    for (const { first, fours, count, run } of tiles) {
      run(
        ...arrays.map((array) => array.byteOffset + (start * channels + first) * floatBytes),
        ...vectors.map((vector) => vector.byteOffset + first * floatBytes),
        ...bits,
        Math.min(rowsPerBlock, rows - start),
        channels * floatBytes,
        totals?.byteOffset ?? 0,
      );
      sums.forEach((sum, index) => {
        const from = index * fours * lanes;
        for (let channel = 0; channel < count; channel++) sum[first + channel]! += totals![from + channel]!;
      });
    }
  }
  return sums;
}

interface Tile {
  readonly first: number;
  readonly fours: number;
  /** How many channels it has. */
  readonly count: number;
  readonly run: Run;
}

/** How the channels of a row are covered by tiles; what does not fill a vector goes channel by channel. */
function tilesOf(loop: NamedChannelLoop, channels: number): Tile[] {
  const perFour = loop.vectors.length + loop.sums;
  const widest = Math.max(1, Math.min(mostFours, Math.floor(registers / Math.max(perFour, 1))));
  const tiles: Tile[] = [];
  const add = (first: number, width: TileWidth, count: number): void => {
    const run = linkSurely(`${loop.name} ${width}`, assembleChannelLoop(loop, width));
    tiles.push({ first, fours: width === 'one' ? 1 : width, count, run });
  };
  let first = 0;
  while (channels - first >= lanes) {
    const fours = Math.min(widest, Math.floor((channels - first) / lanes));
    add(first, fours, fours * lanes);
    first += fours * lanes;
  }
  for (; first < channels; first++) add(first, 'one', 1);
  return tiles;
}
