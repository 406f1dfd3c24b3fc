import { isRecord, UsageError } from '@flatbit/core';
import { basename, extname } from 'node:path';
import { quantizes } from './build/build-bits.js';
import { experimentSchema, type ExperimentSettings } from './schema/experiment.js';

/** An experiment with every default filled in, ready to run. */
export interface ResolvedExperiment extends ExperimentSettings {
  readonly name: string;
}

export interface ResolveOptions {
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/**
 * Checks a configuration and fills in its defaults. `source` is the path of the file that it comes from: errors begin with
 * it, and the experiment is called after it. Settings that nothing will use are warned of.
 * @throws UsageError that says where, what it got and what it takes.
 */
export function resolveExperiment(
  config: unknown,
  source = 'experiment',
  { warn = (line) => console.warn(line) }: ResolveOptions = {},
): ResolvedExperiment {
  const parsed = experimentSchema.safeParse(config);
  if (parsed.success) {
    for (const key of unusedKeys(config, parsed.data))
      warn(
        `${source}: ${key} is given and not used, because all bits are 32; give bits below 32, or leave it out`,
      );
    return { name: basename(source, extname(source)), ...withScheduleLength(parsed.data) };
  }
  const [{ path, message }, ...others] = parsed.error.issues as [
    { readonly path: readonly PropertyKey[]; readonly message: string },
    ...unknown[],
  ];
  const where = [source, ...(path.length > 0 ? [formatPath(path)] : [])].join(': ');
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new UsageError(`${where}: ${message}${more}`);
}

/** What is set for operands that are quantized, where none is. */
function unusedKeys(config: unknown, settings: ExperimentSettings): readonly string[] {
  if (!isRecord(config) || quantizes(settings)) return [];
  return ['quantizer', 'signed'].filter((key) => config[key] !== undefined);
}

/** `bits.layers[0].match`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`,
    )
    .join('');
}

/** Settles how long a schedule falls, so that a run that goes on for more epochs cannot bend it. */
function withScheduleLength(settings: ExperimentSettings): ExperimentSettings {
  const { schedule, epochs } = settings;
  if (typeof schedule === 'function' || schedule.name !== 'cosine' || schedule.epochs !== undefined)
    return settings;
  // Of no epochs there is no step either.
  return { ...settings, schedule: { ...schedule, epochs: Math.max(1, epochs) } };
}
