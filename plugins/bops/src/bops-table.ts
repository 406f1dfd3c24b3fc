import type { BopsReport } from './count-bops.js';

/** The report as plain text: a line per layer, columns aligned, the sums below. */
export function bopsTable({
  layers,
  macs,
  bops,
  fullPrecisionBops,
  ratio,
  convention,
  uncounted,
}: BopsReport): string {
  const rows = [
    ['layer', 'shape', 'MACs', 'W', 'A', 'BOPs', '%'],
    ...layers.map((layer) => [
      layer.name,
      layer.shape.join('×'),
      grouped(layer.macs),
      String(layer.weightBits),
      String(layer.activationBits),
      grouped(layer.bops),
      ((100 * layer.bops) / bops).toFixed(1),
    ]),
    ['all', '', grouped(macs), '', '', grouped(bops), '100.0'],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  // The name reads from the left, everything else from the right.
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  const summary = `${ratio.toFixed(1)} times fewer than the ${grouped(fullPrecisionBops)} of full precision (convention: ${convention})`;
  const missing =
    uncounted.length > 0
      ? [`not counted, because a size is open or the layer is not supported: ${uncounted.join(', ')}`]
      : [];
  return [...lines, summary, ...missing].join('\n');
}

/** 674643968 → 674,643,968 */
function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
