import { fit } from '@flatbit/core';
import { countTensors, expectTensorCount } from '../expect-no-tensor-leak.js';
import { takeSteps } from '../take-steps.js';
import { type PluginPromise, withSecondPass, withTraining } from './workbench.js';

export const tensorPromises: readonly PluginPromise[] = [
  {
    sentence: 'leaves no tensor behind in 20 steps, and none after dispose',
    async check(workbench) {
      for (const plugins of [[workbench.makePlugin()], withSecondPass(workbench)]) {
        const before = countTensors();
        await withTraining(workbench, { plugins }, async (training) => {
          const prepared = countTensors();
          await takeSteps(training, workbench.batches, 20);
          expectTensorCount(prepared);
        });
        expectTensorCount(before);
      }
    },
  },
  {
    sentence: 'leaves no tensor behind between epochs and at an interrupt',
    async check(workbench) {
      const { batches, makePlugin } = workbench;
      const before = countTensors();
      await withTraining(workbench, { plugins: [makePlugin()] }, async (training) => {
        const prepared = countTensors();
        await fit(training, batches, { epochs: 2, validation: batches });
        expectTensorCount(prepared);
        await fit(training, batches, { epochs: 3, signal: AbortSignal.abort() });
        expectTensorCount(prepared);
      });
      expectTensorCount(before);
    },
  },
];
