import type { BopsReport } from '@flatbit/plugin-bops';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { readMetrics } from './metrics-log.js';
import type { RunFiles } from './run-files.js';

/** Draws `plots/training.svg` and `plots/layers.svg`. */
export async function drawPlots({ metrics, plots }: RunFiles, { layers }: BopsReport): Promise<void> {
  // The charts are loaded when they are needed: they are not small.
  const [{ trainingCurves }, { layerCosts }] = await Promise.all([
    import('../plots/training-curves.js'),
    import('../plots/layer-costs.js'),
  ]);
  const lines = readMetrics(metrics);
  if (lines.length > 0) await writeFileAtomic(join(plots, 'training.svg'), trainingCurves(lines));
  await writeFileAtomic(join(plots, 'layers.svg'), layerCosts(layers));
}
