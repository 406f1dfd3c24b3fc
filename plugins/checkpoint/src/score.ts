import { type EpochSummary, UsageError } from '@flatbit/core';

/** What makes a checkpoint the best one. */
export interface BestBy {
  /** A validation metric by name, or `loss`. */
  readonly metric: string;
  /** Whether more is better. */
  readonly mode: 'max' | 'min';
}

/** A validation measure, and which way it is good. */
export interface Score extends BestBy {
  readonly value: number;
}

/**
 * The score of an epoch; undefined where it is not finite.
 * @throws UsageError if the epoch was not validated, or has no such metric.
 */
export function scoreOf({ metric, mode }: BestBy, { validation }: EpochSummary): Score | undefined {
  if (!validation) {
    throw new UsageError(
      `checkpoint.best: got metric "${metric}", but nothing is validated; give fit a validation source`,
    );
  }
  const { loss, metrics } = validation;
  const value = metric === 'loss' ? loss : metrics[metric];
  if (value === undefined) {
    const known = ['loss', ...Object.keys(metrics)].join(', ');
    throw new UsageError(`checkpoint.best: validation has no metric "${metric}"; it has ${known}`);
  }
  return Number.isFinite(value) ? { metric, mode, value } : undefined;
}

/** Whether `score` beats `best`; one by another measure is no rival. */
export function isBetter(score: Score, best: Score | undefined): boolean {
  if (!best || best.metric !== score.metric || best.mode !== score.mode) return true;
  return score.mode === 'max' ? score.value > best.value : score.value < best.value;
}
