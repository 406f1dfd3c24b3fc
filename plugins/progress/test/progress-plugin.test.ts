import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createTrainingHooks,
  type EpochSummary,
  fit,
  type StepReport,
  type TrainingHooks,
  UsageError,
} from '@flatbit/core';
import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { progressPlugin, type ProgressOptions } from '@flatbit/plugin-progress';
import { progressModule } from '@flatbit/plugin-progress/module';
import { pluginContract, testEngine, tinyBatches, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Container } from 'inversify';
import { FakeClock } from './fake-clock.js';
import { BrokenStream, PlainStream, TerminalStream } from './fake-streams.js';

/** The hooks of a training that shows its progress so. */
function hooksWith(options: ProgressOptions): TrainingHooks {
  const hooks = createTrainingHooks();
  progressPlugin(options).apply(hooks);
  return hooks;
}

/** Step `stepInEpoch` of 4 in the second epoch, of 10 examples. */
function report(stepInEpoch: number, rest: Partial<StepReport> = {}): StepReport {
  return {
    epoch: 1,
    step: 4 + stepInEpoch,
    stepInEpoch,
    stepsPerEpoch: 4,
    size: 10,
    loss: 2,
    metrics: { accuracy: 0.25 },
    finite: true,
    ...rest,
  };
}

const summary: EpochSummary = {
  epoch: 2,
  epochs: 5,
  step: 8,
  learningRateFactor: 1,
  training: { loss: 1.5, metrics: { accuracy: 0.5 } },
  timing: { seconds: 40, examplesPerSecond: 1 },
};

describe('progressPlugin', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  pluginContract('progress', () => progressPlugin({ stream: new PlainStream() }));
  pluginContract('progress on a terminal', () => progressPlugin({ stream: new TerminalStream() }));

  describe('on a stream that is no terminal', () => {
    let clock: FakeClock;
    beforeEach(() => void (clock = new FakeClock()));
    afterEach(() => clock.putBack());

    it('writes a line per epoch, with the time that the others will take', async () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream });
      await hooks.onEpochEnd.promise(summary);
      // Three epochs to go, of 40 s each: 2 min.
      expect(stream.text).to.equal(
        'epoch 2/5  loss 1.500  accuracy 0.5000  1.0 examples/s  40 s  ETA 2 min 00 s\n',
      );
    });

    it('says all that an epoch has to say, and nothing of what is left after the last', async () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, label: 'search' });
      await hooks.onEpochEnd.promise({
        ...summary,
        epochs: 2,
        training: { ...summary.training, sharpness: 0.125, skippedSteps: 2 },
        validation: { loss: 3, metrics: { accuracy: 0.75 } },
        timing: { seconds: 7260, examplesPerSecond: 1234.5 },
      });
      // 7260 s = 2 h 1 min
      expect(stream.text).to.equal(
        'search  epoch 2/2  loss 1.500  accuracy 0.5000  sharpness 0.1250  validation: loss 3.000  accuracy 0.7500  ' +
          '2 steps skipped  1235 examples/s  2 h 01 min\n',
      );
    });

    it('writes at most one line in ten seconds within an epoch', () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream });
      const many = { stepsPerEpoch: 1000 };
      for (let step = 0; step < 60; step += 1) {
        hooks.onStepEnd.call(report(step, many));
        clock.seconds += 0.5;
      }
      // The first step is at 0 s, the last at 29.5 s.
      expect(stream.lines.map((line) => line.slice(0, 25))).to.deep.equal([
        'epoch 2  step 21/1000  lo',
        'epoch 2  step 41/1000  lo',
      ]);
    });

    it('gives means so far, the pace from the first step on, and the time to the end of the epoch', () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, secondsBetweenLines: 0 });
      hooks.onStepEnd.call(report(0, { loss: 4, size: 30, metrics: { accuracy: 0 } }));
      clock.seconds += 5;
      hooks.onStepEnd.call(report(1, { loss: 2, size: 10, metrics: { accuracy: 1 } }));
      clock.seconds += 3;
      hooks.onStepEnd.call(report(2, { finite: false, loss: NaN }));
      // (4·30 + 2·10)/40 = 3.5; 10/40 = 0.25; 10 examples in 5 s, 20 in 8 s; 2 steps of 5 s, 1 of 4 s are left.
      expect(stream.lines).to.deep.equal([
        'epoch 2  step 1/4  loss 4.000  accuracy 0.000',
        'epoch 2  step 2/4  loss 3.500  accuracy 0.2500  2.0 examples/s  ETA 10 s',
        'epoch 2  step 3/4  loss 3.500  accuracy 0.2500  1 step skipped  2.5 examples/s  ETA 4.0 s',
      ]);
    });

    it('leaves the last step to the line of the epoch', () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, secondsBetweenLines: 0 });
      hooks.onStepEnd.call(report(3));
      expect(stream.text).to.equal('');
    });

    it('knows how many epochs there are from the end of the first, or when it is told', async () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, secondsBetweenLines: 0, epochs: 9 });
      hooks.onStepEnd.call(report(0));
      await hooks.onEpochEnd.promise(summary);
      hooks.onStepEnd.call(report(0, { epoch: 2 }));
      expect(stream.lines[0]).to.match(/^epoch 2\/9 {2}step 1\/4/);
      expect(stream.lines[2]).to.match(/^epoch 3\/5 {2}step 1\/4/);
    });

    it('begins new means in a new epoch', async () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, secondsBetweenLines: 0 });
      hooks.onStepEnd.call(report(0, { loss: 100 }));
      await hooks.onEpochEnd.promise(summary);
      hooks.onStepEnd.call(report(0, { epoch: 2, loss: 1 }));
      expect(stream.lines.at(-1)).to.contain('loss 1.000');
    });

    it('does without a number of steps, and without a finite one', () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream, secondsBetweenLines: 0 });
      const { stepsPerEpoch: _, ...open } = report(7, { finite: false, loss: NaN });
      hooks.onStepEnd.call(open);
      expect(stream.lines).to.deep.equal(['epoch 2  step 8  1 step skipped']);
    });

    it('says where training was interrupted', async () => {
      const stream = new PlainStream();
      const hooks = hooksWith({ stream });
      await hooks.onInterrupt.promise({ epoch: 1, step: 7, stepInEpoch: 3, stepsPerEpoch: 4 });
      expect(stream.text).to.equal('interrupted in epoch 2  step 3/4\n');
    });

    it('takes a time from 0 up between two lines', () => {
      for (const secondsBetweenLines of [-1, NaN]) {
        expect(() => progressPlugin({ secondsBetweenLines })).to.throw(
          UsageError,
          `progress secondsBetweenLines: got ${secondsBetweenLines}; takes a number from 0 up`,
        );
      }
    });
  });

  describe('on a terminal', () => {
    it('draws a bar at the first step of an epoch', () => {
      const stream = new TerminalStream();
      const hooks = hooksWith({ stream, label: 'digits', epochs: 5 });
      hooks.onStepEnd.call(report(0));
      // A quarter of 20 characters.
      expect(stream.drawn).to.deep.equal([
        'digits  epoch 2/5 [=====---------------] 1/4  loss 2.000  accuracy 0.2500',
      ]);
      hooks.dispose.call();
    });

    it('clears the bar at the end of the epoch and leaves a line in its place', async () => {
      const stream = new TerminalStream();
      const hooks = hooksWith({ stream });
      for (let step = 0; step < 4; step += 1) hooks.onStepEnd.call(report(step));
      await hooks.onEpochEnd.promise(summary);
      const end = stream.drawn.at(-2)!;
      expect(end).to.match(
        /^epoch 2 \[={20}\] 4\/4 {2}loss 2\.000 {2}accuracy 0\.2500 {2}\d+ examples\/s {2}ETA 0\.0 s$/,
      );
      // Back to where the bar began, to the left edge, the line emptied: then the line that stays.
      const kept = 'epoch 2/5  loss 1.500  accuracy 0.5000  1.0 examples/s  40 s  ETA 2 min 00 s\n';
      expect(stream.text.slice(stream.text.lastIndexOf(end) + end.length)).to.match(
        // eslint-disable-next-line no-control-regex
        /^\x1b\[0K\x1b8\x1b\[1G\x1b\[2Kepoch 2\/5/,
      );
      expect(stream.text.endsWith(kept)).to.equal(true);
      hooks.dispose.call();
    });

    it('counts steps without a bar where an epoch has no known end', () => {
      const stream = new TerminalStream();
      const hooks = hooksWith({ stream });
      const { stepsPerEpoch: _, ...open } = report(7);
      hooks.onStepEnd.call(open);
      expect(stream.drawn).to.deep.equal(['epoch 2  step 8  loss 2.000  accuracy 0.2500']);
      hooks.dispose.call();
    });

    it('stays on one line of a narrow terminal', () => {
      const stream = new TerminalStream(30);
      const hooks = hooksWith({ stream });
      hooks.onStepEnd.call(report(0));
      expect(stream.drawn).to.deep.equal(['epoch 2 [=====---------------]']);
      hooks.dispose.call();
    });

    it('gives the terminal back as it was when training is disposed in the middle', () => {
      const stream = new TerminalStream();
      const hooks = hooksWith({ stream });
      hooks.onStepEnd.call(report(0));
      hooks.dispose.call();
      // The cursor that was saved is restored, and the bar's line is empty.
      expect(stream.text.startsWith('\x1b7')).to.equal(true);
      expect(stream.text.endsWith('\x1b8\x1b[1G\x1b[2K')).to.equal(true);
      // Neither the cursor nor wrapping was switched off: a killed process could not switch it on again.
      expect(stream.text).not.to.contain('\x1b[?');
      const { text } = stream;
      hooks.dispose.call();
      expect(stream.text).to.equal(text);
    });

    it('clears the bar before it says where training was interrupted', async () => {
      const stream = new TerminalStream();
      const hooks = hooksWith({ stream });
      hooks.onStepEnd.call(report(0));
      await hooks.onInterrupt.promise({ epoch: 1, step: 5, stepInEpoch: 1, stepsPerEpoch: 4 });
      expect(stream.text.endsWith('\x1b[2Kinterrupted in epoch 2  step 1/4\n')).to.equal(true);
      hooks.dispose.call();
    });

    it('lets a process end whose training threw and was not disposed', () => {
      const script = `
        import { Writable } from 'node:stream';
        import { createTrainingHooks } from '@flatbit/core';
        import { progressPlugin } from '@flatbit/plugin-progress';
        const stream = Object.assign(new Writable({ write: (_c, _e, done) => done() }), { isTTY: true });
        const hooks = createTrainingHooks();
        progressPlugin({ stream }).apply(hooks);
        hooks.onStepEnd.call(${JSON.stringify(report(0))});
        console.log('drawn');`;
      const cwd = fileURLToPath(new URL('..', import.meta.url));
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd,
        timeout: 60_000,
        encoding: 'utf8',
      });
      expect(output).to.contain('drawn');
    });
  });

  describe('in a training', () => {
    for (const Stream of [PlainStream, TerminalStream]) {
      it(`leaves a line per epoch (${Stream.name})`, async () => {
        const stream = new Stream();
        const training = tinyTraining([progressPlugin({ stream })]);
        await fit(training, tinyBatches(), { epochs: 2, validation: tinyBatches() });
        training.dispose();
        expect(stream.text).to.match(
          /epoch 1\/2 {2}loss \S+ {2}accuracy \S+ {2}validation: loss \S+ {2}accuracy/,
        );
        expect(stream.text).to.match(/epoch 2\/2 {2}loss [^\n]* s\n/);
      });
    }

    const trains = async (stream: NodeJS.WritableStream) => {
      const training = tinyTraining([progressPlugin({ stream, secondsBetweenLines: 0 })]);
      try {
        const { epochs } = await fit(training, tinyBatches(), { epochs: 2 });
        await setImmediate();
        return epochs.length;
      } finally {
        training.dispose();
      }
    };

    it('goes on when nobody reads the stream any more, and stops writing', async () => {
      const stream = new BrokenStream();
      expect(await trains(stream)).to.equal(2);
      expect(stream.writes).to.equal(1);
    });

    it('goes on when the stream is closed', async () => {
      const ended = new PlainStream();
      ended.end();
      expect(await trains(ended)).to.equal(2);
      const destroyed = new TerminalStream();
      destroyed.destroy();
      expect(await trains(destroyed)).to.equal(2);
      expect(ended.text + destroyed.text).to.equal('');
    });

    it('goes on when the stream throws', async () => {
      const stream = new PlainStream();
      stream.write = () => {
        throw new Error('no');
      };
      expect(await trains(stream)).to.equal(2);
    });

    it('leaves no listener on the stream', async () => {
      const stream = new PlainStream();
      expect(await trains(stream)).to.equal(2);
      // One turn for the last text, one for the listener.
      await setImmediate();
      await setImmediate();
      expect(stream.listenerCount('error')).to.equal(0);
    });
  });

  it('is bound by its module', async () => {
    const stream = new PlainStream();
    const container = new Container({ defaultScope: 'Singleton', jitless: true });
    container.load(progressModule({ stream, label: 'bound' }));
    const hooks = createTrainingHooks();
    container.get(TRAINING_PLUGIN).apply(hooks);
    await hooks.onEpochEnd.promise(summary);
    expect(stream.text).to.match(/^bound {2}epoch 2\/5/);
  });
});
