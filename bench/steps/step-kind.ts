import type { TrainingPlugin } from '@flatbit/core';
import { paperPolicy } from '@flatbit/layers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { paperLiqQuantizer } from '@flatbit/quantizers';

/** The three training steps that are compared. */
export const stepKinds = ['full-precision', 'quantization-aware', 'saq'] as const;

export type StepKind = (typeof stepKinds)[number];

/** The radius of the paper's 4-bit ResNet-20. */
export const RHO = 0.4;

/** The plugins that make a step of each kind: W4A4 LIQ with the paper's layer policy, and SAM around it. */
export function pluginsOf(kind: StepKind): readonly TrainingPlugin[] {
  const quantize = () =>
    quantizePlugin({ quantizer: paperLiqQuantizer(), bits: paperPolicy(4), signed: false });
  switch (kind) {
    case 'full-precision':
      return [];
    case 'quantization-aware':
      return [quantize()];
    case 'saq':
      return [quantize(), samPlugin({ rho: RHO })];
  }
}
