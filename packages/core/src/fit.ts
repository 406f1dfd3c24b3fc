import * as tf from '@tensorflow/tfjs';
import type { Batch, BatchSource } from './batch.js';
import { checkFitOptions } from './check-fit-options.js';
import { calibrate } from './calibrate.js';
import { checkSource, checkTraining } from './check-source.js';
import { contextOf } from './context-of.js';
import { evaluate } from './evaluate.js';
import { findNonFinite } from './find-non-finite.js';
import { addToMeters, readMeters, resetMeters } from './meters.js';
import { NonFiniteError } from './non-finite-error.js';
import { readStep } from './read-step.js';
import type { EpochSummary, StepReport } from './reports.js';
import { trainStep } from './train-step.js';
import type { Training } from './training.js';

export interface FitOptions {
  /** Epochs in all: a training that was resumed after 3 of 10 runs 7 more. */
  readonly epochs: number;
  /** Measured after each epoch. */
  readonly validation?: BatchSource;
  /** Stops between two steps, after `onInterrupt`. */
  readonly signal?: AbortSignal;
  /** What to do at NaN or infinity: `stop` (default) throws, `skip` goes on without the step. */
  readonly onNonFinite?: 'stop' | 'skip';
}

/** What `fit` did. */
export interface FitResult {
  readonly epochs: readonly EpochSummary[];
  /** True if the signal ended it; the position says where it stands. */
  readonly interrupted: boolean;
}

/**
 * Trains from the training's position to the end of epoch `epochs`.
 * @throws UsageError if what it is given is not what it should be.
 * @throws NonFiniteError naming step, pass and operand, with everything as it was before that step.
 */
export async function fit(training: Training, source: BatchSource, options: FitOptions): Promise<FitResult> {
  checkTraining(training, 'fit');
  checkSource(source, 'fit, source');
  checkFitOptions(options);
  const { hooks, position } = training;
  const summaries: EpochSummary[] = [];
  position.stepsPerEpoch = source.stepsPerEpoch;
  while (position.epoch < options.epochs) {
    const started = performance.now();
    const examplesBefore = training.meters.examples;
    await runEpoch(training, source, options);
    if (options.signal?.aborted && position.stepInEpoch < source.stepsPerEpoch) {
      await hooks.onInterrupt.promise(contextOf(position));
      return { epochs: summaries, interrupted: true };
    }
    const summary = await summarise(training, options, started, examplesBefore);
    summaries.push(summary);
    position.epoch += 1;
    position.stepInEpoch = 0;
    resetMeters(training.meters);
    await hooks.onEpochEnd.promise(summary);
  }
  return { epochs: summaries, interrupted: false };
}

/** How long signals, timers and a page wait for their turn. */
const BREATH_MS = 50;

async function runEpoch(
  training: Training,
  source: BatchSource,
  { signal, onNonFinite }: FitOptions,
): Promise<void> {
  const { position, hooks } = training;
  let breath = performance.now();
  for await (const batch of source.batches({ epoch: position.epoch, step: position.stepInEpoch })) {
    try {
      if (signal?.aborted) return;
      if (!position.calibrated && !(await calibrateOrSkip(training, batch, onNonFinite))) continue;
      const report = await readStep(trainStep(training, batch));
      if (!report.finite && onNonFinite !== 'skip') {
        position.step = report.step;
        position.stepInEpoch = report.stepInEpoch;
        throw await nonFiniteError(training, batch, report);
      }
      addToMeters(training.meters, report);
      hooks.onStepEnd.call(report);
    } finally {
      tf.dispose([[...batch.inputs], [...batch.targets]]);
    }
    if (performance.now() - breath > BREATH_MS) {
      await tf.nextFrame();
      breath = performance.now();
    }
  }
}

/** Calibrates with a batch; false if it held NaN or infinity and counts as a skipped step. */
async function calibrateOrSkip(
  training: Training,
  batch: Batch,
  onNonFinite: FitOptions['onNonFinite'],
): Promise<boolean> {
  try {
    await calibrate(training, batch);
    return true;
  } catch (error) {
    if (!(error instanceof NonFiniteError) || onNonFinite !== 'skip') throw error;
    training.position.step += 1;
    training.position.stepInEpoch += 1;
    training.meters.skippedSteps += 1;
    return false;
  }
}

async function nonFiniteError(training: Training, batch: Batch, report: StepReport): Promise<Error> {
  const operand = await findNonFinite(training, batch);
  const where = operand
    ? `the first operand that is not finite is "${operand}"`
    : report.failedPass === 'perturbed'
      ? 'without the perturbation every operand is finite'
      : 'every operand is finite, the loss or a gradient is not';
  return new NonFiniteError(
    `NaN or infinity in the ${report.failedPass} pass of step ${report.step} (epoch ${report.epoch + 1}); ${where}; ` +
      'nothing has moved: lower the learning rate, or skip such steps with onNonFinite "skip"',
  );
}

async function summarise(
  training: Training,
  { epochs, validation }: FitOptions,
  started: number,
  examplesBefore: number,
): Promise<EpochSummary> {
  const { hooks, position, meters } = training;
  const seconds = (performance.now() - started) / 1000;
  return {
    epoch: position.epoch + 1,
    epochs,
    step: position.step,
    learningRateFactor: hooks.learningRate.call(1, {
      ...contextOf(position),
      step: position.step - 1,
      stepInEpoch: position.stepInEpoch - 1,
    }),
    training: {
      ...readMeters(meters, Object.keys(training.metrics)),
      ...(meters.skippedSteps > 0 && { skippedSteps: meters.skippedSteps }),
    },
    ...(validation && { validation: await evaluate(training, validation) }),
    timing: { seconds, examplesPerSecond: (meters.examples - examplesBefore) / seconds },
  };
}
