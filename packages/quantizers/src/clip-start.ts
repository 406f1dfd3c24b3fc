import * as tf from '@tensorflow/tfjs';
import { largestMagnitude } from './largest-magnitude.js';
import { leastErrorClip } from './least-error-clip.js';
import { percentileOf } from './percentile-of.js';
import { scaleFloor } from './scale-floor.js';

/**
 * Where a clip value starts.
 *
 * - `'mse'`: where the squared error of quantization is least;
 * - `{ percentile: 99.9 }`: at that percentile of the magnitudes, above 0 and up to 100;
 * - `{ maxAbs: 0.8 }`: at that multiple of the largest magnitude;
 * - a number: there, whatever the data.
 */
export type ClipStart = 'mse' | { readonly percentile: number } | { readonly maxAbs: number } | number;

/** What a start needs to know of the data. */
export interface ClipStartData {
  readonly value: tf.Tensor;
  /** Shape of the clip value: `[]`, or 1 on all axes but the channel axes. */
  readonly shape: readonly number[];
  /** Whether the range holds negative values; if not, they count as zero for a percentile. */
  readonly signed: boolean;
  /** Fake-quantizes the value with this clip value. */
  readonly quantize: (clipValue: tf.Tensor) => tf.Tensor;
}

/** @throws RangeError if the start is not one that a clip value can take. */
export function checkClipStart(name: string, start: ClipStart): void {
  if (start === 'mse') return;
  const { percentile, maxAbs } = Object(start) as { readonly percentile?: number; readonly maxAbs?: number };
  const factor = typeof start === 'number' ? start : (percentile ?? maxAbs ?? NaN);
  const limit = percentile === undefined ? Number.MAX_VALUE : 100;
  if (factor > 0 && factor <= limit) return;
  throw new RangeError(
    `quantizer "${name}" cannot start at ${JSON.stringify(start)}; give 'mse', { percentile: above 0, up to 100 }, { maxAbs: above 0 } or a number above 0`,
  );
}

/** The clip value to start from: one new tensor, at least 1e-8. Reads nothing back. */
export function startClip(start: ClipStart, { value, shape, signed, quantize }: ClipStartData): tf.Tensor {
  return tf.tidy(() => {
    if (typeof start === 'number') return tf.fill([...shape], start);
    if (start === 'mse') return leastErrorClip(value, shape, quantize);
    if ('percentile' in start)
      return tf.maximum(
        percentileOf(signed ? value.abs() : value.relu(), start.percentile, shape),
        scaleFloor,
      );
    return tf.maximum(largestMagnitude(value, shape).mul(start.maxAbs), scaleFloor);
  });
}
