import { UsageError } from '@flatbit/core';
import { openSafetensors, type SafetensorsEntry } from '@flatbit/safetensors';
import * as tf from '@tensorflow/tfjs';
import { pytorchNames, type PyTorchNames } from './pytorch-names.js';
import { pytorchWeight, type PyTorchWeight } from './pytorch-weight.js';

export interface ImportOptions {
  /** From a layer's name to the module's; for our networks the published ones unless given, for others dots for slashes. */
  readonly names?: PyTorchNames;
}

/**
 * Gives a model the weights and batch statistics of a PyTorch state dict that was saved as safetensors: names mapped, layouts transposed,
 * `num_batches_tracked` passed over, and the prefix `module.` of a parallel model left out.
 *
 *     importPyTorchWeights(createModel('resnet18'), readFileSync('resnet18.safetensors'));
 *
 * @param file the bytes of the file
 * @throws UsageError of one line that lists every name, shape and dtype that does not fit, if the file is damaged, or if the
 * model has other layers than convolutions (plain and depthwise), dense layers and batch norms; nothing is then assigned
 */
export function importPyTorchWeights(
  model: tf.LayersModel,
  file: Uint8Array,
  { names = pytorchNames(model) }: ImportOptions = {},
): void {
  const { entries, read } = openSafetensors(file);
  const targets = targetsOf(model, names);
  const stored = storedWeights(entries);
  const problems = [
    ...targets.flatMap((target) => mismatch(target, stored.get(target.name))),
    ...foreign(stored, targets),
  ];
  if (problems.length > 0)
    throw new UsageError(
      `the file holds weights of another model than ${model.name}: ${problems.join('; ')}`,
    );
  for (const { name, weight, toOurs } of targets) {
    tf.tidy(() => {
      const { data, shape } = read(stored.get(name)!);
      weight.write(toOurs(tf.tensor(data, [...shape])));
    });
  }
}

/** One of our weights, and where PyTorch has it. */
interface Target extends PyTorchWeight {
  readonly name: string;
  readonly weight: tf.LayerVariable;
}

function targetsOf(model: tf.LayersModel, names: PyTorchNames): readonly Target[] {
  return model.layers.flatMap((layer) =>
    layer.weights.map((weight): Target => {
      const slot = weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1);
      const found = pytorchWeight(layer.getClassName(), slot, weight.shape as number[]);
      if (!found)
        throw new UsageError(
          `layer "${layer.name}" (${layer.getClassName()}) cannot be imported from PyTorch`,
        );
      return { ...found, name: `${names(layer.name)}.${found.parameter}`, weight };
    }),
  );
}

/** What the file holds, by name, less what only PyTorch counts. */
function storedWeights(entries: readonly SafetensorsEntry[]): ReadonlyMap<string, SafetensorsEntry> {
  const prefix = 'module.';
  const start = entries.every(({ name }) => name.startsWith(prefix)) ? prefix.length : 0;
  return new Map(
    entries
      .map((entry) => [entry.name.slice(start), entry] as const)
      .filter(([name]) => !name.endsWith('.num_batches_tracked')),
  );
}

function mismatch({ name, shape }: Target, stored: SafetensorsEntry | undefined): readonly string[] {
  if (!stored) return [`${name} is missing`];
  const ours = `F32[${shape.join(',')}]`;
  const theirs = `${stored.dtype}[${stored.shape.join(',')}]`;
  return ours === theirs ? [] : [`${name} is ${theirs}, not ${ours}`];
}

function foreign(
  stored: ReadonlyMap<string, SafetensorsEntry>,
  targets: readonly Target[],
): readonly string[] {
  const known = new Set(targets.map(({ name }) => name));
  return [...stored.keys()].filter((name) => !known.has(name)).map((name) => `${name} is not in this model`);
}
