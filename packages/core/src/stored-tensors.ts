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

/** Variables that are to take the values of a section. */
export interface Assignment {
  readonly section: StateSection;
  readonly variables: Iterable<readonly [string, tf.Variable]>;
  /** What they belong to, as an error names it. */
  readonly what: string;
}

/**
 * Assigns what sections hold to variables; nothing is assigned unless everything fits.
 * @throws UsageError that lists every name, shape or dtype that differs in the first section that does not fit.
 */
export function assignVariables(...assignments: readonly Assignment[]): void {
  const fitting = assignments.map(({ section, variables, what }) => ({
    section,
    targets: checkFit(section, new Map(variables), what),
  }));
  for (const { section, targets } of fitting) {
    for (const [name, variable] of targets) {
      const { data, shape, dtype } = section.tensors.get(name)!;
      tf.tidy(() => {
        // A copy: on some engines a tensor goes on living in the array that it was made of.
        variable.assign(tf.tensor(data.slice(), [...shape], dtype));
      });
    }
  }
}

function checkFit(
  section: StateSection,
  targets: ReadonlyMap<string, tf.Variable>,
  what: string,
): ReadonlyMap<string, tf.Variable> {
  const problems = [...targets].flatMap(([name, variable]) =>
    mismatch(name, variable, section.tensors.get(name)),
  );
  for (const name of section.tensors.keys())
    if (!targets.has(name)) problems.push(`${name} is not in this training`);
  if (problems.length > 0)
    throw new UsageError(`the checkpoint is of another ${what}: ${problems.join('; ')}`);
  return targets;
}

function mismatch(name: string, variable: tf.Variable, stored: StoredTensor | undefined): readonly string[] {
  if (!stored) return [`${name} is missing`];
  const here = `${variable.dtype}[${variable.shape.join(',')}]`;
  const there = `${stored.dtype}[${stored.shape.join(',')}]`;
  return here === there ? [] : [`${name} is ${there}, not ${here}`];
}
