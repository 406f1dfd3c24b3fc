import { assert } from 'chai';
import { calibrate, evaluate, type Training } from '@flatbit/core';
import type { Tensor } from '@tensorflow/tfjs';
import { countTensors, expectTensorCount } from '../expect-no-tensor-leak.js';
import { expectSameVariables, readVariables, type VariableValues } from '../read-variables.js';
import { takeSteps } from '../take-steps.js';
import { trained } from './repeat-promises.js';
import { batchStatistics, watchStatisticsPlugin } from './watch-statistics-plugin.js';
import { type PluginPromise, withFirstBatch, withSecondPass, withTraining } from './workbench.js';

export const measurePromises: readonly PluginPromise[] = [
  {
    sentence: 'lets batch statistics move once per step',
    async check(workbench) {
      const watcher = watchStatisticsPlugin();
      const plugins = [...withSecondPass(workbench), watcher];
      await withTraining(workbench, { plugins }, async (training) => {
        const before = await readStatistics(training);
        await takeSteps(training, workbench.batches, 1);
        const after = await readStatistics(training);
        expectSameVariables(await readCopies(watcher.afterPasses), before);
        expectSameVariables(await readCopies(watcher.afterUpdate), after);
        if (before.size > 0) assert.notDeepEqual(after, before, 'a step moves the statistics');
      });
    },
  },
  {
    sentence: 'lets evaluate change nothing',
    async check(workbench) {
      const { batches } = workbench;
      const uninterrupted = await trained(workbench, 1, 4);
      await withTraining(workbench, { plugins: withSecondPass(workbench) }, async (training) => {
        await takeSteps(training, batches, 2);
        const before = await traceOf(training);
        const measures = await evaluate(training, batches);
        assert.deepEqual(await evaluate(training, batches), measures, 'evaluate gives the same twice');
        const after = await traceOf(training);
        expectSameVariables(after.variables, before.variables);
        assert.deepEqual(after.standing, before.standing);
        await takeSteps(training, batches, 2);
        expectSameVariables(await readVariables(training), uninterrupted);
      });
    },
  },
  {
    sentence: 'lets calibrate change no variable but its own',
    async check(workbench) {
      await withTraining(workbench, { plugins: withSecondPass(workbench) }, async (training) => {
        const before = await traceOf(training);
        const tensors = countTensors();
        await withFirstBatch(workbench, async (batch) => {
          const withBatch = countTensors();
          await calibrate(training, batch);
          expectTensorCount(withBatch);
        });
        expectTensorCount(tensors);
        const after = await traceOf(training);
        expectSameVariables(
          withoutPlugins(after.variables, training),
          withoutPlugins(before.variables, training),
        );
        const { position, meters } = before.standing;
        assert.deepEqual(after.standing, { meters, position: { ...position, calibrated: true } });
      });
    },
  },
];

/** What measuring has no business to change. */
async function traceOf(training: Training) {
  const { position, meters } = training;
  return {
    variables: await readVariables(training),
    standing: { position: { ...position }, meters: structuredClone({ ...meters }) },
  };
}

async function readStatistics({ variables }: Training): Promise<VariableValues> {
  return readCopies(new Map(batchStatistics(variables).map(({ key, variable }) => [key, variable])));
}

async function readCopies(tensors: ReadonlyMap<string, Tensor>): Promise<VariableValues> {
  const values = new Map<string, Float32Array>();
  for (const [key, tensor] of tensors) values.set(key, Float32Array.from(await tensor.data()));
  return values;
}

function withoutPlugins(values: VariableValues, { variables }: Training): VariableValues {
  return new Map([...values].filter(([key]) => (variables.get(key)?.owner ?? 'model') === 'model'));
}
