import 'reflect-metadata';
import { createTrainingHooks, fit, type TrainingPlugin, UsageError } from '@flatbit/core';
import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { multiStep, schedulePlugin } from '@flatbit/plugin-schedule';
import { scheduleModule } from '@flatbit/plugin-schedule/module';
import {
  expectSameVariables,
  pluginContract,
  readVariables,
  takeSteps,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Container } from 'inversify';

describe('schedulePlugin', () => {
  before(async () => void (await tf.setBackend('cpu')));

  pluginContract('schedule', () => schedulePlugin(multiStep({ milestones: [1] })));

  const first = { epoch: 0, step: 0, stepInEpoch: 0, stepsPerEpoch: 10 };

  it('multiplies the factor of those before it', () => {
    const hooks = createTrainingHooks();
    hooks.learningRate.tap('half', (factor) => factor / 2);
    schedulePlugin(() => 0.1).apply(hooks);
    expect(hooks.learningRate.call(1, first)).to.equal(0.05);
  });

  it('scales the update: a factor of a half is half the learning rate, bit for bit', async () => {
    const halved = tinyTraining([schedulePlugin(() => 0.5)], { learningRate: 0.5 });
    const plain = tinyTraining([], { learningRate: 0.25 });
    await takeSteps(halved, tinyBatches(), 5);
    await takeSteps(plain, tinyBatches(), 5);
    expectSameVariables(await readVariables(halved), await readVariables(plain));
    halved.dispose();
    plain.dispose();
  });

  it('is reported at the end of each epoch as it was at the last step', async () => {
    const training = tinyTraining([schedulePlugin(multiStep({ milestones: [1, 2], gamma: 0.5 }))]);
    const { epochs } = await fit(training, tinyBatches(), { epochs: 3 });
    expect(epochs.map(({ learningRateFactor }) => learningRateFactor)).to.deep.equal([1, 0.5, 0.25]);
    training.dispose();
  });

  it('refuses a factor that cannot be one, and says where it met it', () => {
    for (const wrong of [NaN, -1, Infinity]) {
      const hooks = createTrainingHooks();
      schedulePlugin(() => wrong).apply(hooks);
      expect(() => hooks.learningRate.call(1, { ...first, epoch: 2, step: 25 })).to.throw(
        UsageError,
        `plugin "schedule", hook "learningRate": the schedule gave ${wrong} at step 25 (epoch 3); it must give a finite factor from 0 up`,
      );
    }
  });

  it('is bound by its module', () => {
    const container = new Container({ defaultScope: 'Singleton', jitless: true });
    container.load(scheduleModule(() => 0.25));
    const hooks = createTrainingHooks();
    const plugin: TrainingPlugin = container.get(TRAINING_PLUGIN);
    plugin.apply(hooks);
    expect(hooks.learningRate.call(1, first)).to.equal(0.25);
  });
});
