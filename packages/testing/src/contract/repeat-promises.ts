import { assert } from 'chai';
import { expectSameVariables, readVariables, type VariableValues } from '../read-variables.js';
import { takeSteps } from '../take-steps.js';
import { ownSections } from './name-promises.js';
import { collectState, sendState } from './send-state.js';
import { type PluginPromise, withSecondPass, withTraining, type Workbench } from './workbench.js';

/** Trains for some steps from a seed, and says where the variables are. */
export async function trained(workbench: Workbench, seed: number, steps: number): Promise<VariableValues> {
  return withTraining(workbench, { plugins: withSecondPass(workbench), seed }, async (training) => {
    await takeSteps(training, workbench.batches, steps);
    return readVariables(training);
  });
}

export const repeatPromises: readonly PluginPromise[] = [
  {
    sentence: 'gives the same bits for the same seed',
    async check(workbench) {
      const first = await trained(workbench, 1, 5);
      expectSameVariables(await trained(workbench, 1, 5), first);
    },
  },
  {
    sentence: 'goes on bit for bit from a state that travelled',
    async check(workbench) {
      const { batches } = workbench;
      const plugins = withSecondPass(workbench);
      const original = await withTraining(workbench, { plugins }, async (training) => {
        await takeSteps(training, batches, 4);
        const collected = await collectState(training);
        const known = [...ownSections, ...training.plugins.map(({ name }) => name)];
        const foreign = collected.owners().filter((owner) => !known.includes(owner));
        assert.deepEqual(foreign, [], 'a plugin keeps its state under its own name');
        const state = sendState(collected);
        const reports = await takeSteps(training, batches, 3);
        return { state, reports, variables: await readVariables(training) };
      });
      const elsewhere = { plugins: withSecondPass(workbench), seed: 2 };
      await withTraining(workbench, elsewhere, async (training) => {
        await training.hooks.restoreState.promise(original.state);
        const reports = await takeSteps(training, batches, 3);
        assert.deepEqual(reports, original.reports, 'the same steps follow');
        expectSameVariables(await readVariables(training), original.variables);
      });
    },
  },
  {
    sentence: 'shares nothing with another instance',
    async check(workbench) {
      const { batches } = workbench;
      const alone = [await trained(workbench, 1, 4), await trained(workbench, 2, 4)];
      const trial = (seed: number) => ({ plugins: withSecondPass(workbench), seed });
      await withTraining(workbench, trial(1), (first) =>
        withTraining(workbench, trial(2), async (second) => {
          for (let step = 0; step < 4; step += 1) {
            await takeSteps(first, batches, 1);
            await takeSteps(second, batches, 1);
          }
          expectSameVariables(await readVariables(first), alone[0]!);
          expectSameVariables(await readVariables(second), alone[1]!);
        }),
      );
    },
  },
];
