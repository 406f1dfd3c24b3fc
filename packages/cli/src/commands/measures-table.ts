import type { StoredMeasures } from '@flatbit/experiment';
import Table from 'cli-table3';

/** Loss and metrics of each part that was measured, a row each; – is what has no number. */
export function measuresTable(parts: Readonly<Record<string, StoredMeasures | undefined>>): string {
  const measured = Object.entries(parts).flatMap(([name, measures]) =>
    measures ? [{ name, measures }] : [],
  );
  const metrics = Object.keys(measured[0]?.measures.metrics ?? {});
  const table = new Table({ head: ['', 'loss', ...metrics], style: { head: [], border: [] } });
  for (const { name, measures } of measured) {
    table.push([name, ...[measures.loss, ...metrics.map((metric) => measures.metrics[metric])].map(rounded)]);
  }
  return table.toString();
}

const rounded = (value: number | null | undefined): string =>
  typeof value === 'number' && Number.isFinite(value) ? value.toFixed(4) : '–';
