export type { Batch, BatchSource, SourcePosition } from './batch.js';
export {
  allocateBits,
  type BitAllocation,
  type Bits,
  type BitsOption,
  checkBits,
  fixedBits,
} from './bit-allocation.js';
export { backward, type Backward } from './backward.js';
export { calibrate } from './calibrate.js';
export type { PassContext, PerturbContext, Phase, StepContext } from './contexts.js';
export { checkOption, type Takes } from './check-option.js';
export { createTraining } from './create-training.js';
export { evaluate } from './evaluate.js';
export { fit, type FitOptions, type FitResult } from './fit.js';
export { globalNorm } from './global-norm.js';
export { hasMethods, isRecord } from './is-record.js';
export { accuracy, type Loss, meanSquaredError, type Metric, softmaxCrossEntropy } from './loss.js';
export { measureSharpness, type Sharpness } from './measure-sharpness.js';
export { nearestName } from './nearest-name.js';
export { NonFiniteError } from './non-finite-error.js';
export { multiplyAccumulates, type Operand, type OperandGeometry, type OperandRole } from './operand.js';
export { createPassReader, type PassReader } from './operand-reader.js';
export { OperandStage } from './operand-stage.js';
export type { Optimizer, ParameterUpdate, UpdateOptions } from './optimizer.js';
export { orderPlugins } from './order-plugins.js';
export { formatPlan, type Plan, planOf } from './plan.js';
export { PluginError } from './plugin-error.js';
export { readStep } from './read-step.js';
export type { EpochSummary, Measures, StepReport } from './reports.js';
export { showValue } from './show-value.js';
export type { StepResult } from './step-result.js';
export { aBoolean, aFunction, aList, anObject, oneOf } from './takes.js';
export type { OperandReader, TrainableModel, UnsupportedLayer } from './trainable-model.js';
export type { Meters, Position, Training, TrainingOptions } from './training.js';
export { createTrainingHooks, type Restore, type TrainingHooks } from './training-hooks.js';
export type { TrainingPlugin } from './training-plugin.js';
export { type Json, type StateSection, type StoredTensor, TrainingState } from './training-state.js';
export { trainStep } from './train-step.js';
export { UsageError } from './usage-error.js';
export {
  type GradientUse,
  type RegisteredVariable,
  VariableRegistry,
  type VariableRequest,
  type VariableRole,
} from './variable-registry.js';
export { weightNames } from './weight-names.js';
