import type { Restore } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import type { Move } from './ascend.js';

/** Moves every variable; the answer copies back what was there before, bit for bit. If a move throws, nothing stays moved. */
export function moveAndRestore(moves: readonly Move[], afterwards: () => void): Restore {
  const before = moves.map(({ variable }) => tf.keep(variable.clone()));
  const restore: Restore = () => {
    moves.forEach(({ variable }, index) => variable.assign(before[index]!));
    tf.dispose(before);
    afterwards();
    return undefined;
  };
  try {
    for (const { variable, to } of moves) variable.assign(to);
  } catch (error) {
    restore();
    throw error;
  }
  return restore;
}
