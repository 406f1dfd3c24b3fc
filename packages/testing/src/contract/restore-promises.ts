import { assert } from 'chai';
import { readStep, type Training, trainStep } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { countTensors, expectTensorCount } from '../expect-no-tensor-leak.js';
import { expectSameVariables, readVariables } from '../read-variables.js';
import { takeSteps } from '../take-steps.js';
import { throwPlugin } from './throw-plugin.js';
import {
  type PluginPromise,
  withFirstBatch,
  withSecondPass,
  withTraining,
  type Workbench,
} from './workbench.js';

export const restorePromises: readonly PluginPromise[] = [
  {
    sentence: 'puts back what it moved when the second pass throws',
    check: (workbench) => putsBack(workbench, 'perturbed'),
  },
  {
    sentence: 'puts back what it moved when the clean pass throws',
    check: (workbench) => putsBack(workbench, 'clean'),
  },
  {
    sentence: 'moves nothing at a batch that is not finite',
    async check(workbench) {
      await withTraining(workbench, { plugins: withSecondPass(workbench) }, async (training) => {
        await takeSteps(training, workbench.batches, 2);
        const before = await readVariables(training);
        assert.ok(!(await stepOnNaN(training, workbench)), 'a batch of NaN makes a step that is not finite');
        expectSameVariables(await readVariables(training), before);
        const [next] = await takeSteps(training, workbench.batches, 1);
        assert.ok(next!.finite, 'the step after one that met NaN is finite');
      });
    },
  },
];

async function putsBack(workbench: Workbench, phase: 'clean' | 'perturbed'): Promise<void> {
  const thrower = throwPlugin(phase);
  await withTraining(workbench, { plugins: [...withSecondPass(workbench), thrower] }, async (training) => {
    await takeSteps(training, workbench.batches, 2);
    thrower.armed = true;
    await stepUntilThrown(training, workbench, thrower.error);
    thrower.armed = false;
    const [next] = await takeSteps(training, workbench.batches, 1);
    assert.ok(next!.finite, 'the step after one that threw is finite');
  });
}

/** A plugin may perturb some steps only; within 20 it has to. */
async function stepUntilThrown(training: Training, { batches }: Workbench, thrown: Error): Promise<void> {
  for (let step = 0; step < 20; step += 1) {
    const variables = await readVariables(training);
    const tensors = countTensors();
    try {
      await takeSteps(training, batches, 1);
    } catch (error) {
      if ((error as Error).cause !== thrown) throw error;
      expectSameVariables(await readVariables(training), variables);
      expectTensorCount(tensors);
      return;
    }
  }
  assert.fail(`20 steps were taken, and in none of them ${thrown.message}`);
}

/** Takes a step on the first batch with every input NaN; says whether it was finite. */
async function stepOnNaN(training: Training, workbench: Workbench): Promise<boolean> {
  return withFirstBatch(workbench, async (batch) => {
    const inputs = batch.inputs.map((input) => tf.fill(input.shape, NaN));
    try {
      return (await readStep(trainStep(training, { ...batch, inputs }))).finite;
    } finally {
      tf.dispose(inputs);
    }
  });
}
