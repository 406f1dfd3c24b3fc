import {
  createTrainingHooks,
  type StoredTensor,
  type TrainingPlugin,
  type VariableRequest,
} from '@flatbit/core';
import type { Scalar } from '@tensorflow/tfjs';

// Lines that must not compile; the build of the tests is the test.
const hooks = createTrainingHooks();

// @ts-expect-error what happens inside a step is synchronous
hooks.beforeStep.tap('late', async () => {});
// @ts-expect-error so is what happens after it
hooks.afterStep.tap('late', async () => {});
// @ts-expect-error and the report of it
hooks.onStepEnd.tap('late', async () => {});
// @ts-expect-error variables are made before anything runs
hooks.prepare.tap('late', async () => {});
// @ts-expect-error a waterfall tap hands its value on
hooks.operand.tap('sink', () => {});
// @ts-expect-error a waterfall tap cannot be async
hooks.operand.tap('late', async (value) => value);
// @ts-expect-error a loss stays a scalar that is there at once
hooks.loss.tap('late', async (loss: Scalar) => loss);
// @ts-expect-error gradients are handed on by key
hooks.afterBackward.tap('list', (gradients) => Object.values(gradients));
// @ts-expect-error a factor is a number
hooks.learningRate.tap('text', () => '0.1');
// @ts-expect-error the answer of perturb is a function that puts things back
hooks.perturb.tap('true', () => true);
// @ts-expect-error a restore is synchronous
hooks.perturb.tap('late', () => async () => undefined);
// @ts-expect-error a tap has a name
hooks.beforeStep.tap({ stage: 1 }, () => {});
// @ts-expect-error hooks are not replaced
hooks.loss = createTrainingHooks().loss;
// @ts-expect-error a plugin has a name
const nameless: TrainingPlugin = { apply() {} };
// @ts-expect-error a role is one of those that the core knows
const request: VariableRequest = { owner: 'a', key: 'b', role: 'weights', shape: [] };
// @ts-expect-error a checkpoint holds no strings
const stored: StoredTensor = { dtype: 'string', shape: [], data: new Float32Array(1) };

hooks.beforeStep.tap('meter', () => {});
hooks.perturb.tap('sam', () => () => undefined);
hooks.operand.tap({ name: 'observer', stage: 200 }, (value) => value);
hooks.onEpochEnd.tapPromise('checkpoint', async () => {});
hooks.onEpochEnd.tap('print', () => {});

export { nameless, request, stored };
