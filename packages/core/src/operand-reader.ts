import * as tf from '@tensorflow/tfjs';
import type { PassContext } from './contexts.js';
import type { OperandReader } from './trainable-model.js';
import type { TrainingHooks } from './training-hooks.js';

/** Reads of one pass: a weight goes through the hook once, however many layers or time steps read it. */
export interface PassReader {
  readonly read: OperandReader;
  /** Frees the weights; call it when the pass is over. */
  release(): void;
}

export function createPassReader(hooks: Pick<TrainingHooks, 'operand'>, pass: PassContext): PassReader {
  const weights = new Map<string, tf.Tensor>();
  const owned: tf.Tensor[] = [];
  return {
    read(operand, value) {
      if (operand.role === 'activation') return hooks.operand.call(value, operand, pass);
      const known = weights.get(operand.key);
      if (known) return known;
      const read = hooks.operand.call(value, operand, pass);
      // Kept, because an enclosing tidy (a nested model has one) ends before the next reader comes.
      if (read !== value && !(read instanceof tf.Variable)) owned.push(tf.keep(read));
      weights.set(operand.key, read);
      return read;
    },
    release() {
      weights.clear();
      tf.dispose(owned.splice(0));
    },
  };
}
