import * as tf from '@tensorflow/tfjs';
import type { OperandReader } from './trainable-model.js';

/** Looks at every operand that is read, on the device. */
export interface FiniteWatch {
  readonly read: OperandReader;
  /** Key of the first operand that held NaN or infinity, before or after its taps; undefined if none did. */
  firstNonFinite(): Promise<string | undefined>;
  /** Frees the flags. */
  release(): void;
}

export function watchFinite(read: OperandReader): FiniteWatch {
  const flags = new Map<string, tf.Tensor>();
  return {
    read(operand, value) {
      const result = read(operand, value);
      if (!flags.has(operand.key)) flags.set(operand.key, tf.keep(bothFinite(value, result)));
      return result;
    },
    async firstNonFinite() {
      for (const [key, flag] of flags) if (!(await flag.data())[0]) return key;
      return undefined;
    },
    release() {
      tf.dispose([...flags.values()]);
      flags.clear();
    },
  };
}

function bothFinite(before: tf.Tensor, after: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.logicalAnd(before.isFinite().all(), after.isFinite().all()));
}
