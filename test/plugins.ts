import { fixedBits, type TrainingPlugin } from '@flatbit/core';
import { bopsPlugin } from '@flatbit/plugin-bops';
import { checkpointPlugin } from '@flatbit/plugin-checkpoint';
import { progressPlugin } from '@flatbit/plugin-progress';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { cosine, schedulePlugin } from '@flatbit/plugin-schedule';
import { liqQuantizer } from '@flatbit/quantizers';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';

const silence = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Every plugin of the repository; one that perturbs comes first, so that in a pair it is the one under test. */
export const plugins: Readonly<Record<string, () => TrainingPlugin>> = {
  sam: () => samPlugin({ rho: 0.05 }),
  quantize: () => quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits(4) }),
  bops: () => bopsPlugin({ bits: fixedBits(4) }),
  checkpoint: () => checkpointPlugin({ folder: mkdtempSync(join(tmpdir(), 'flatbit-')) }),
  schedule: () => schedulePlugin(cosine({ epochs: 4 })),
  progress: () => progressPlugin({ stream: silence() }),
};
