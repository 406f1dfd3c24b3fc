import { selectEngine, type EngineName } from '@flatbit/backends';
import { readStep, trainStep } from '@flatbit/core';
import { samPlugin } from '@flatbit/plugin-sam';
import { testEngines, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { plugins } from './plugins.js';

describe('a thousand SAQ steps', () => {
  for (const engine of testEngines) {
    it(`leave no tensor and no memory of the engine's behind on ${engine}`, async function () {
      // Ten minutes on a processor that plays a graphics processor.
      this.timeout(0);
      await selectEngine(engine as EngineName);
      const training = tinyTraining([plugins['quantize']!(), samPlugin({ rho: 0.05 })]);
      const batch = {
        inputs: [tf.randomNormal([8, 4], 0, 1, 'float32', 1)],
        targets: [tf.tensor1d([0, 1, 1, 0, 1, 0, 0, 1], 'int32')],
        size: 8,
      };
      training.position.calibrated = true;
      await readStep(trainStep(training, batch));
      const count = () => ({ ...tf.memory(), dataIds: tf.backend().numDataIds() });
      const { numTensors, numDataBuffers, dataIds } = count();
      for (let step = 0; step < 1000; step += 1) await readStep(trainStep(training, batch));
      expect(count()).to.include({ numTensors, numDataBuffers, dataIds });
      training.dispose();
      tf.dispose([batch.inputs, batch.targets]);
    });
  }
});
