import * as tf from '@tensorflow/tfjs';
import type { ActivePass } from './active-pass.js';
import { patchCall } from './lend.js';
import { maskSeed } from './mask-seed.js';
import type { LayerSite } from './walk-layers.js';

type Mask = tf.Tensor | tf.Tensor[] | null;

/** What a cell holds for its dropout. */
interface Cell {
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  /** Draws a mask; the stock one, without a seed, where there is none. */
  dropoutFunc?: ((ones: tf.Tensor, rate: number) => tf.Tensor) | undefined;
  dropoutMask: Mask;
  recurrentDropoutMask: Mask;
}

/**
 * Keys the masks of a recurrent layer by seed, step, layer, call and mask, as `patchNoise` does those of a dropout layer.
 * One mask serves all time steps of a call. Returns the undo, or undefined if the layer drops nothing.
 */
export function patchRecurrentDropout(
  { layer, path }: LayerSite,
  seed: number,
  active: () => ActivePass | undefined,
): (() => void) | undefined {
  const cells = cellsOf(layer).filter((cell) => drops(cell.dropout) || drops(cell.recurrentDropout));
  if (cells.length === 0) return undefined;
  return patchCall(layer, (original) => (inputs, kwargs) => {
    const running = active();
    if (!running) return original(inputs, kwargs);
    const key = `${seed}/${running.pass.step}/${path}/${running.nextCall(path)}`;
    let drawn = 0;
    const draw = (ones: tf.Tensor, rate: number) =>
      tf.dropout(ones, rate, undefined, maskSeed(`${key}/${drawn++}`));
    const before = cells.map((cell) => cell.dropoutFunc);
    for (const cell of cells) {
      dropMasks(cell);
      cell.dropoutFunc = draw;
    }
    try {
      return original(inputs, kwargs);
    } finally {
      cells.forEach((cell, index) => {
        dropMasks(cell);
        cell.dropoutFunc = before[index];
      });
    }
  });
}

/** The cells of a recurrent layer, stacked ones included; none for any other layer. */
function cellsOf(layer: tf.layers.Layer): readonly Cell[] {
  const { cell } = layer as unknown as { cell?: Cell & { cells?: readonly Cell[] } };
  return cell ? (cell.cells ?? [cell]) : [];
}

/** TF.js drops nothing at the rates 0 and 1. */
function drops(rate = 0): boolean {
  return rate > 0 && rate < 1;
}

/** A cell draws where it has no mask, and keeps what it drew. The tape has its own reference. */
function dropMasks(cell: Cell): void {
  tf.dispose([cell.dropoutMask, cell.recurrentDropoutMask].filter((mask) => mask !== null));
  cell.dropoutMask = null;
  cell.recurrentDropoutMask = null;
}
