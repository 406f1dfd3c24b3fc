import 'reflect-metadata';
import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { cosine, multiStep, schedulePlugin } from '@flatbit/plugin-schedule';
import { scheduleModule } from '@flatbit/plugin-schedule/module';
import {
  pluginContract,
  readVariables,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Container } from 'inversify';

describe('schedulePlugin', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  pluginContract('schedule', () => schedulePlugin(cosine({ epochs: 4 })));

  it('scales what a step moves', async () => {
    const moved = async (factor: number) => {
      const training = tinyTraining([schedulePlugin(() => factor)]);
      const before = (await readVariables(training)).get('dense1/bias')!;
      await takeSteps(training, tinyBatches(), 1);
      const after = (await readVariables(training)).get('dense1/bias')!;
      training.dispose();
      return after.map((value, index) => value - before[index]!);
    };
    const [whole, half] = [await moved(1), await moved(0.5)];
    whole.forEach((step, index) => expect(half[index]).to.be.closeTo(step / 2, 1e-7));
  });

  it('multiplies what another tap says', () => {
    const training = tinyTraining([
      schedulePlugin(multiStep({ milestones: [0] })),
      { name: 'half', apply: ({ learningRate }) => void learningRate.tap('half', (factor) => factor / 2) },
    ]);
    expect(training.hooks.learningRate.call(1, { epoch: 0, step: 0, stepInEpoch: 0 })).to.be.closeTo(
      0.05,
      1e-15,
    );
    training.dispose();
  });

  it('is bound by its module', () => {
    const container = new Container({ defaultScope: 'Singleton', jitless: true });
    container.load(scheduleModule(cosine({ epochs: 2 })));
    expect(container.get(TRAINING_PLUGIN).name).to.equal('schedule');
  });
});
