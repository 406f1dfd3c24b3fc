import { selectEngine, type EngineName } from '@flatbit/backends';
import { readStep, trainStep } from '@flatbit/core';
import { samPlugin } from '@flatbit/plugin-sam';
import { expectClose, testEngines } from '@flatbit/testing';
import { emptyBatch, quadratic, quadraticTraining, watchPerturbed } from './quadratic.js';

const COUNT = 1_000_000;

describe('the norm of a million gradients', () => {
  after(() => selectEngine('cpu'));

  for (const engine of testEngines) {
    it(`is exact to 1e-5 on ${engine}`, async () => {
      await selectEngine(engine as EngineName);
      const watch = watchPerturbed();
      const model = quadratic(new Array<number>(COUNT).fill(0.1), [0]);
      const training = quadraticTraining(model, [samPlugin({ rho: 1000 }), watch]);
      await readStep(trainStep(training, emptyBatch));
      training.dispose();
      // ‖g‖ = √(10⁶ · 0.1²) = 100: ε = 1000 · 0.1/100 = 1.
      const epsilon = [0, 1, COUNT / 2, COUNT - 1].map((at) => watch.seen.weight[at]! - Math.fround(0.1));
      expectClose(epsilon, [1, 1, 1, 1], { relative: 0, absolute: 1e-5 });
    });
  }
});
