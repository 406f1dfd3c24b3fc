import type { TrainingHooks } from './training-hooks.js';

/** Of each hook that is tapped, who taps it, in the order in which they run. */
export type Plan = Readonly<Record<string, readonly { readonly plugin: string; readonly stage: number }[]>>;

/** Reads the resolved order off the hooks themselves. */
export function planOf(hooks: TrainingHooks): Plan {
  const taps = Object.entries(hooks).map(
    ([name, hook]: [string, TrainingHooks[keyof TrainingHooks]]) =>
      [name, hook.taps.map((tap) => ({ plugin: tap.name, stage: tap.stage ?? 0 }))] as const,
  );
  return Object.fromEntries(taps.filter(([, plugins]) => plugins.length > 0));
}

/** One line per hook, ready to print: `operand        quantize (0) ▸ sam (100)`. */
export function formatPlan(plan: Plan): string {
  const width = Math.max(0, ...Object.keys(plan).map((name) => name.length)) + 2;
  return Object.entries(plan)
    .map(([name, taps]) => {
      const staged = taps.some(({ stage }) => stage !== 0);
      const names = taps.map(({ plugin, stage }) => (staged ? `${plugin} (${stage})` : plugin));
      return name.padEnd(width) + names.join(' ▸ ');
    })
    .join('\n');
}
