import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs';
import { AsyncSeriesHook, SyncBailHook, SyncHook, SyncWaterfallHook } from 'tapable';
import type { PassContext, PerturbContext, StepContext } from './contexts.js';
import { nameErrors } from './name-errors.js';
import { onlyOneTap } from './only-one-tap.js';
import type { Operand } from './operand.js';
import type { EpochSummary, StepReport } from './reports.js';
import type { StepResult } from './step-result.js';
import type { TrainingState } from './training-state.js';
import type { VariableRegistry } from './variable-registry.js';

/** Puts back what `perturb` has moved. Called once, also when the second pass throws. Tensors that it needs are kept. */
export type Restore = () => undefined;

/** Every point where a plugin may join training, in the order in which they fire. */
export interface TrainingHooks {
  /** Once, before anything runs: allocate variables here; one made inside a pass gets no gradient. */
  readonly prepare: SyncHook<[readonly Operand[], VariableRegistry], undefined>;
  /** After the calibrating pass: read back what the host must know. */
  readonly onCalibrated: AsyncSeriesHook<[]>;
  /** The start of each step. */
  readonly beforeStep: SyncHook<[StepContext], undefined>;
  /** The factor on every learning rate for this step; 1 where nobody taps. */
  readonly learningRate: SyncWaterfallHook<[number, StepContext]>;
  /** Each weight or activation that a layer reads, inside the tape; a weight once per pass. See {@link OperandStage}. */
  readonly operand: SyncWaterfallHook<[Tensor, Operand, PassContext]>;
  /** After the task loss, inside the tape: add a penalty. */
  readonly loss: SyncWaterfallHook<[Scalar, PassContext]>;
  /** After the clean backward pass, by registry key. To answer is to ask for a second pass. */
  readonly perturb: SyncBailHook<[NamedTensorMap, PerturbContext], Restore | undefined>;
  /** The gradients of the update, by registry key. */
  readonly afterBackward: SyncWaterfallHook<[NamedTensorMap, StepContext]>;
  /** After the update; the tensors live until the taps have returned. */
  readonly afterStep: SyncHook<[StepResult], undefined>;
  /**
   * A step, the calibrating pass or a measurement of sharpness threw: let go of what was held for it. Nothing was updated,
   * unless a tap of `afterStep` threw.
   */
  readonly onStepFailed: SyncHook<[StepContext], undefined>;
  /** The same step in plain numbers, once they have been read. */
  readonly onStepEnd: SyncHook<[StepReport], undefined>;
  /** Between epochs. */
  readonly onEpochEnd: AsyncSeriesHook<[EpochSummary]>;
  /** Training was asked to stop between two steps. */
  readonly onInterrupt: AsyncSeriesHook<[StepContext]>;
  /** A checkpoint is made: each plugin writes its own section. */
  readonly collectState: AsyncSeriesHook<[TrainingState]>;
  /** A checkpoint is read: each plugin reads its own section. */
  readonly restoreState: AsyncSeriesHook<[TrainingState]>;
  /** The end: free what was allocated. */
  readonly dispose: SyncHook<[], undefined>;
}

/** Makes the hooks of one training; nothing is shared between two calls. */
export function createTrainingHooks(): TrainingHooks {
  const hooks: TrainingHooks = {
    prepare: new SyncHook<[readonly Operand[], VariableRegistry], undefined>(
      ['operands', 'variables'],
      'prepare',
    ),
    onCalibrated: new AsyncSeriesHook<[]>([], 'onCalibrated'),
    beforeStep: new SyncHook<[StepContext], undefined>(['context'], 'beforeStep'),
    learningRate: new SyncWaterfallHook<[number, StepContext]>(['factor', 'context'], 'learningRate'),
    operand: new SyncWaterfallHook<[Tensor, Operand, PassContext]>(
      ['value', 'operand', 'context'],
      'operand',
    ),
    loss: new SyncWaterfallHook<[Scalar, PassContext]>(['loss', 'context'], 'loss'),
    perturb: onlyOneTap(
      new SyncBailHook<[NamedTensorMap, PerturbContext], Restore | undefined>(
        ['gradients', 'context'],
        'perturb',
      ),
    ),
    afterBackward: new SyncWaterfallHook<[NamedTensorMap, StepContext]>(
      ['gradients', 'context'],
      'afterBackward',
    ),
    afterStep: new SyncHook<[StepResult], undefined>(['result'], 'afterStep'),
    onStepFailed: new SyncHook<[StepContext], undefined>(['context'], 'onStepFailed'),
    onStepEnd: new SyncHook<[StepReport], undefined>(['report'], 'onStepEnd'),
    onEpochEnd: new AsyncSeriesHook<[EpochSummary]>(['summary'], 'onEpochEnd'),
    onInterrupt: new AsyncSeriesHook<[StepContext]>(['context'], 'onInterrupt'),
    collectState: new AsyncSeriesHook<[TrainingState]>(['state'], 'collectState'),
    restoreState: new AsyncSeriesHook<[TrainingState]>(['state'], 'restoreState'),
    dispose: new SyncHook<[], undefined>([], 'dispose'),
  };
  for (const hook of Object.values(hooks)) nameErrors(hook);
  return Object.freeze(hooks);
}
