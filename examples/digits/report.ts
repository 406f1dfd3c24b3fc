import type { RunSummary } from '@flatbit/experiment';
import { accuracyOverBops } from '@flatbit/experiment/plots';
import Table from 'cli-table3';

/** One row per network: accuracy on the test images, bit operations, sharpness. */
export function resultsTable(summaries: readonly RunSummary[]): string {
  const table = new Table({
    head: ['network', 'test accuracy', 'BOPs', 'times fewer', 'sharpness', 'trained in'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const summary of summaries) {
    table.push([
      titles[summary.name] ?? summary.name,
      `${(100 * summary.test!.metrics['accuracy']!).toFixed(2)} %`,
      `${(summary.bops.bops / 1e6).toFixed(1)} M`,
      summary.bops.ratio.toFixed(1),
      summary.sharpness?.sharpness.toFixed(4) ?? '–',
      `${summary.timing.seconds.toFixed(0)} s`,
    ]);
  }
  return table.toString();
}

/** The same as a picture. */
export function resultsPlot(summaries: readonly RunSummary[]): string {
  const points = summaries.map(({ name, test, bops, sharpness }) => ({
    label: titles[name] ?? name,
    bops: bops.bops,
    accuracy: test!.metrics['accuracy']!,
    ...(sharpness && { sharpness: sharpness.sharpness }),
  }));
  return accuracyOverBops(points, 'Handwritten digits: accuracy over bit operations');
}

const titles: Readonly<Record<string, string>> = {
  float: 'full precision',
  w4a4: 'W4A4 with SAQ',
  w2a2: 'W2A2 with SAQ',
};
