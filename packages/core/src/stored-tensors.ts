import * as tf from '@tensorflow/tfjs';
import type { StateSection, StoredTensor } from './training-state.js';
import { UsageError } from './usage-error.js';

/** Reads variables back from the device into `section`. */
export async function storeVariables(
  section: StateSection,
  variables: Iterable<readonly [string, tf.Variable]>,
): Promise<void> {
  for (const [name, variable] of variables) {
    const data = (await variable.data()) as StoredTensor['data'];
    section.tensors.set(name, {
      dtype: variable.dtype as StoredTensor['dtype'],
      shape: variable.shape,
      data: data.slice(),
    });
  }
}

/**
 * Assigns what `section` holds to variables; nothing is assigned unless everything fits.
 * @throws UsageError that lists every name, shape or dtype that differs.
 */
export function assignVariables(
  section: StateSection,
  variables: Iterable<readonly [string, tf.Variable]>,
  what: string,
): void {
  const targets = new Map(variables);
  const problems = [...targets].flatMap(([name, variable]) =>
    mismatch(name, variable, section.tensors.get(name)),
  );
  for (const name of section.tensors.keys())
    if (!targets.has(name)) problems.push(`${name} is not in this training`);
  if (problems.length > 0)
    throw new UsageError(`the checkpoint is of another ${what}: ${problems.join('; ')}`);
  for (const [name, variable] of targets) {
    const { data, shape, dtype } = section.tensors.get(name)!;
    tf.tidy(() => {
      variable.assign(tf.tensor(data, [...shape], dtype));
    });
  }
}

function mismatch(name: string, variable: tf.Variable, stored: StoredTensor | undefined): readonly string[] {
  if (!stored) return [`${name} is missing`];
  const here = `${variable.dtype}[${variable.shape.join(',')}]`;
  const there = `${stored.dtype}[${stored.shape.join(',')}]`;
  return here === there ? [] : [`${name} is ${there}, not ${here}`];
}
