import { UsageError } from '@flatbit/core';

/** What every network of this package takes. */
export interface ModelOptions {
  /** `[height, width, channels]` of one image. */
  readonly inputShape?: readonly [number, number, number];
  /** Number of logits. */
  readonly classes?: number;
  /** Channels of the first convolution; the later ones are multiples of it. */
  readonly width?: number;
  /** Decides every initial weight; 0 unless given. */
  readonly seed?: number;
}

/**
 * Fills in what was left out.
 * @throws UsageError when a size is not a positive integer or the seed is not an integer
 */
export function completeOptions(
  options: ModelOptions,
  defaults: Required<Omit<ModelOptions, 'seed'>>,
): Required<ModelOptions> {
  const complete = { seed: 0, ...defaults, ...options };
  const { inputShape, classes, width, seed } = complete;
  if (inputShape.length !== 3 || !inputShape.every(isPositiveInteger)) {
    throw new UsageError(
      `inputShape is [${inputShape.join(', ')}]; it takes [height, width, channels], each a positive integer`,
    );
  }
  for (const [name, value] of Object.entries({ classes, width })) {
    if (!isPositiveInteger(value)) {
      throw new UsageError(`${name} is ${value}; it takes a positive integer`);
    }
  }
  if (!Number.isSafeInteger(seed)) {
    throw new UsageError(`seed is ${seed}; it takes an integer`);
  }
  return complete;
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
