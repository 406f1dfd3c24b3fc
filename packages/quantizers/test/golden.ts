import { readFileSync } from 'node:fs';

/** One bit-width and raw clip value, and what the published implementation made of the input. */
export interface GoldenCase {
  readonly k: number;
  readonly clip: number;
  readonly wq: number[];
  readonly dw: number[];
  readonly dclip_w: number;
  readonly aq: number[];
  readonly da: number[];
  readonly dclip_a: number;
}

export interface GoldenTensor {
  readonly shape: number[];
  readonly v: number[];
}

export interface GoldenStep {
  readonly loss: number;
  readonly fc_clip_after_init: { readonly w: number; readonly a: number };
  readonly eps: Readonly<Record<string, number[]>>;
  readonly perturbed: Readonly<Record<string, number[]>>;
  readonly loss_perturbed: number;
  readonly grad_second: Readonly<Record<string, number[] | null>>;
}

export interface Golden {
  readonly quantizer: {
    readonly input: number[];
    readonly upstream: number[];
    readonly cases: readonly GoldenCase[];
  };
  readonly norm: { readonly mean: number; readonly std_unbiased: number; readonly normalized: number[] };
  readonly qsam_toy: {
    readonly x: number[];
    readonly x_shape: [number, number, number, number];
    readonly y: number[];
    readonly init: Readonly<Record<string, GoldenTensor>>;
    readonly steps: readonly GoldenStep[];
  };
}

/** The numbers that the published PyTorch implementation produced. */
export const golden = JSON.parse(
  readFileSync(new URL('../../../test/reference/golden.json', import.meta.url), 'utf8'),
) as Golden;
