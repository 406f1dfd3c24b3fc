import { type StoredTensor, TrainingState, UsageError } from '@flatbit/core';
import type { CheckpointManifest } from './manifest.js';

/** A state in the two halves in which it is stored. */
export interface PackedState {
  /** By `<section>/<name>`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly sections: CheckpointManifest['sections'];
}

/** @throws UsageError for a section whose name holds a slash, or a value that JSON cannot hold. */
export function packState(state: TrainingState): PackedState {
  const tensors = new Map<string, StoredTensor>();
  const sections = state.owners().map((owner) => {
    if (!owner || owner.includes('/')) {
      throw new UsageError(`"${owner}" cannot be the name of a section of the state`);
    }
    const section = state.section(owner);
    for (const [name, tensor] of section.tensors) tensors.set(`${owner}/${name}`, tensor);
    checkJson(section.values, `state of "${owner}"`);
    return [owner, section.values] as const;
  });
  return { tensors, sections: Object.fromEntries(sections) };
}

/** The inverse of {@link packState}. @throws UsageError for a tensor that is in no section. */
export function unpackState({ tensors, sections }: PackedState): TrainingState {
  const state = new TrainingState();
  for (const [owner, values] of Object.entries(sections)) state.section(owner).values = values;
  for (const [path, tensor] of tensors) {
    const slash = path.indexOf('/');
    const owner = path.slice(0, Math.max(slash, 0));
    if (!state.has(owner)) throw new UsageError(`tensor "${path}" is in no section of the manifest`);
    state.section(owner).tensors.set(path.slice(slash + 1), tensor);
  }
  return state;
}

/**
 * `JSON.stringify` would write null for NaN, and drop what is undefined.
 * @throws UsageError that says where the value is.
 */
export function checkJson(value: unknown, where: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((item, index) => checkJson(item, `${where}[${index}]`));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).forEach(([key, item]) => checkJson(item, `${where}.${key}`));
  }
  throw new UsageError(`${where} is ${String(value)}, which JSON cannot hold`);
}
