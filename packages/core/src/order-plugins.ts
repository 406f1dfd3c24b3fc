import type { TrainingPlugin } from './training-plugin.js';
import { UsageError } from './usage-error.js';

/** Sections that core writes into a checkpoint. */
const coreSections: readonly string[] = ['variables', 'optimizer', 'position'];

/**
 * Plugins in an order that keeps every `after` and `before`, and otherwise the order given.
 * @throws UsageError for a name given twice, a conflict, a name that is not installed, or a cycle; it names both plugins.
 */
export function orderPlugins(plugins: readonly TrainingPlugin[]): readonly TrainingPlugin[] {
  const byName = new Map<string, TrainingPlugin>();
  for (const plugin of plugins) {
    if (coreSections.includes(plugin.name)) {
      throw new UsageError(
        `plugin "${plugin.name}" has the name of a section of core's own state; give it another`,
      );
    }
    if (byName.has(plugin.name))
      throw new UsageError(`plugin "${plugin.name}" is given twice; leave one out`);
    byName.set(plugin.name, plugin);
  }
  for (const { name, conflictsWith = [] } of plugins) {
    const other = conflictsWith.find((conflict) => byName.has(conflict));
    if (other)
      throw new UsageError(`plugin "${name}" conflicts with plugin "${other}"; leave one of them out`);
  }
  return sort(plugins, predecessorsOf(plugins, byName));
}

type Predecessors = ReadonlyMap<string, ReadonlySet<string>>;

function predecessorsOf(
  plugins: readonly TrainingPlugin[],
  byName: ReadonlyMap<string, TrainingPlugin>,
): Predecessors {
  const predecessors = new Map(plugins.map(({ name }) => [name, new Set<string>()]));
  const installed = (plugin: string, relation: string, other: string) => {
    if (byName.has(other)) return;
    throw new UsageError(
      `plugin "${plugin}" wants to be ${relation} plugin "${other}", which is not installed; installed: ${[...byName.keys()].join(', ')}`,
    );
  };
  for (const { name, after = [], before = [] } of plugins) {
    for (const other of after) {
      installed(name, 'after', other);
      predecessors.get(name)!.add(other);
    }
    for (const other of before) {
      installed(name, 'before', other);
      predecessors.get(other)!.add(name);
    }
  }
  return predecessors;
}

function sort(plugins: readonly TrainingPlugin[], predecessors: Predecessors): readonly TrainingPlugin[] {
  const sorted: TrainingPlugin[] = [];
  const done = new Set<string>();
  while (sorted.length < plugins.length) {
    const next = plugins.find(
      ({ name }) => !done.has(name) && [...predecessors.get(name)!].every((p) => done.has(p)),
    );
    if (!next) throw cycleError(plugins, predecessors, done);
    sorted.push(next);
    done.add(next.name);
  }
  return sorted;
}

function cycleError(
  plugins: readonly TrainingPlugin[],
  predecessors: Predecessors,
  done: ReadonlySet<string>,
): Error {
  const path: string[] = [plugins.find(({ name }) => !done.has(name))!.name];
  for (;;) {
    const waitsFor = [...predecessors.get(path.at(-1)!)!].find((p) => !done.has(p))!;
    const seen = path.indexOf(waitsFor);
    if (seen >= 0) {
      const cycle = [...path.slice(seen), waitsFor].map((name) => `"${name}"`).join(' after ');
      return new UsageError(`plugins wait for each other: ${cycle}; drop one of these orders`);
    }
    path.push(waitsFor);
  }
}
