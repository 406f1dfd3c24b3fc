import type { Measures, StepReport } from './reports.js';
import type { Meters } from './training.js';

export function emptyMeters(): Meters {
  return { examples: 0, skippedSteps: 0, perturbedExamples: 0, sums: {} };
}

/** Adds one step, weighted by its examples; a step that met NaN counts as skipped and no more. */
export function addToMeters(meters: Meters, { size, finite, loss, metrics, sharpness }: StepReport): void {
  if (!finite) {
    meters.skippedSteps += 1;
    return;
  }
  meters.examples += size;
  add(meters, 'loss', loss * size);
  for (const [name, value] of Object.entries(metrics)) add(meters, `metric/${name}`, value * size);
  if (sharpness === undefined) return;
  meters.perturbedExamples += size;
  add(meters, 'sharpness', sharpness * size);
}

function add({ sums }: Meters, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount;
}

/** Means over the examples so far. */
export function readMeters(
  meters: Meters,
  metricNames: readonly string[],
): Measures & { readonly sharpness?: number } {
  const { examples, perturbedExamples, sums } = meters;
  return {
    loss: (sums['loss'] ?? 0) / examples,
    metrics: Object.fromEntries(metricNames.map((name) => [name, (sums[`metric/${name}`] ?? 0) / examples])),
    ...(perturbedExamples > 0 && { sharpness: sums['sharpness']! / perturbedExamples }),
  };
}

/** Begins the next epoch in place. */
export function resetMeters(meters: Meters): void {
  Object.assign(meters, emptyMeters());
}
