import assert from 'node:assert/strict';
import { OperandStage, type TrainingPlugin } from '@flatbit/core';
import { pluginContract, pluginPromises, testEngine, tinyBatches, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { halfPlugin, nudgePlugin, plugin, watchPlugin } from './example-plugins.js';

pluginContract('half', halfPlugin);
pluginContract('nudge', nudgePlugin);
pluginContract('watch', watchPlugin);

describe('pluginContract', () => {
  before(() => tf.setBackend(testEngine));
  // What a broken plugin leaves behind is not the next test's business.
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  async function breaks(sentence: string, makePlugin: () => TrainingPlugin, message: RegExp): Promise<void> {
    const promise = pluginPromises.find((candidate) => candidate.sentence.startsWith(sentence));
    assert.ok(promise, `no promise begins with "${sentence}"`);
    await assert.rejects(
      promise.check({ makePlugin, makeTraining: tinyTraining, batches: tinyBatches() }),
      message,
    );
  }

  it('finds a name that is not in kebab-case, and one that the core keeps', async () => {
    const tapped = (name: string) => () => plugin((hooks) => hooks.beforeStep.tap(name, () => {}), name);
    await breaks('has a name', tapped('MyPlugin'), /kebab-case/);
    await breaks('has a name', tapped('optimizer'), /"optimizer" is a name that the core keeps/);
  });

  it('finds a tap under another name, and a plugin without taps', async () => {
    await breaks(
      'has a name',
      () => plugin((hooks) => hooks.beforeStep.tap('other', () => {})),
      /its own name/,
    );
    await breaks('has a name', () => plugin(() => {}), /taps hooks/);
  });

  it('finds a tensor that is made before prepare', async () => {
    const eager = () =>
      plugin((hooks) => {
        tf.keep(tf.scalar(1));
        hooks.beforeStep.tap('broken', () => {});
      });
    await breaks('has a name', eager, /tensors in .* became/);
  });

  it('finds a plugin that needs another one', async () => {
    const needy = () => ({
      ...plugin((hooks) => hooks.beforeStep.tap('broken', () => {})),
      after: ['quantize'],
    });
    await breaks('works alone', needy, /"quantize", which is not installed/);
  });

  it('finds a tensor per step', async () => {
    const leaky = () =>
      plugin((hooks) => hooks.afterStep.tap('broken', ({ loss }) => void tf.keep(loss.clone())));
    await breaks('leaves no tensor behind in 20', leaky, /tensors in .* became/);
  });

  it('finds a variable that dispose forgets', async () => {
    const forgetful = () =>
      plugin((hooks) => hooks.prepare.tap('broken', () => void tf.tidy(() => tf.variable(tf.zeros([2])))));
    await breaks('leaves no tensor behind in 20', forgetful, /tensors in .* became/);
  });

  for (const hook of ['onEpochEnd', 'onInterrupt'] as const) {
    it(`finds a tensor that ${hook} leaves`, async () => {
      const leaky = () => plugin((hooks) => hooks[hook].tap('broken', () => void tf.scalar(1)));
      await breaks('leaves no tensor behind between', leaky, /tensors in .* became/);
    });
  }

  it('finds a weight that stays moved when the second pass throws', async () => {
    const careless = () =>
      plugin((hooks) => {
        let weight: tf.Variable | undefined;
        const move = (by: number) => tf.tidy(() => void weight!.assign(weight!.add(by)));
        let moved = false;
        hooks.prepare.tap('broken', (_, variables) => {
          weight = variables.get('dense1/kernel')!.variable;
        });
        hooks.perturb.tap('broken', () => {
          moved = true;
          move(1);
          return () => undefined;
        });
        hooks.afterBackward.tap('broken', (gradients) => {
          if (moved) move(-1);
          return gradients;
        });
      });
    await breaks('puts back what it moved when the second', careless, /"dense1\/kernel" at index/);
  });

  it('finds a restore that leaves rounding behind', async () => {
    const rounding = () =>
      plugin((hooks) => {
        let weight: tf.Variable | undefined;
        const move = (by: number) => tf.tidy(() => void weight!.assign(weight!.add(by)));
        hooks.prepare.tap('broken', (_, variables) => {
          weight = variables.get('dense1/kernel')!.variable;
        });
        hooks.perturb.tap('broken', () => {
          move(1);
          return () => {
            move(-1);
            return undefined;
          };
        });
      });
    await breaks('puts back what it moved when the second', rounding, /"dense1\/kernel" at index/);
  });

  it('finds a plugin that never perturbs although it taps perturb', async () => {
    const idle = () => plugin((hooks) => hooks.perturb.tap('broken', () => undefined));
    await breaks('puts back what it moved when the second', idle, /20 steps were taken/);
  });

  it('finds a weight that stays moved when the clean pass throws', async () => {
    const lookahead = () =>
      plugin((hooks) => {
        let weight: tf.Variable | undefined;
        const scale = (by: number) => tf.tidy(() => void weight!.assign(weight!.mul(by)));
        hooks.prepare.tap('broken', (_, variables) => {
          weight = variables.get('dense1/kernel')!.variable;
        });
        hooks.beforeStep.tap('broken', () => scale(2));
        hooks.afterBackward.tap('broken', (gradients) => {
          scale(0.5);
          return gradients;
        });
      });
    await breaks('puts back what it moved when the clean', lookahead, /"dense1\/kernel" at index/);
  });

  it('finds a variable that takes NaN in', async () => {
    const average = () =>
      plugin((hooks) => {
        let mean: tf.Variable | undefined;
        hooks.prepare.tap('broken', (_, variables) => {
          mean = variables.create({ owner: 'broken', key: 'mean', role: 'statistic', shape: [] });
        });
        hooks.afterStep.tap('broken', ({ loss }) => tf.tidy(() => void mean!.assign(mean!.add(loss))));
      });
    await breaks('moves nothing', average, /"mean" at index 0: got NaN/);
  });

  it('finds unseeded chance', async () => {
    const chance = () => plugin((hooks) => hooks.learningRate.tap('broken', () => Math.random()));
    await breaks('gives the same bits', chance, /at index/);
  });

  it('finds state that does not travel', async () => {
    const counting = () =>
      plugin((hooks) => {
        let steps = 0;
        hooks.learningRate.tap('broken', () => 1 / (steps += 1));
      });
    await breaks('goes on bit for bit', counting, /at index|the same steps follow/);
  });

  it('finds state under another name, and state that JSON cannot hold', async () => {
    const misplaced = () =>
      plugin((hooks) => hooks.collectState.tap('broken', (state) => void state.section('elsewhere')));
    await breaks('goes on bit for bit', misplaced, /under its own name/);
    const lossy = () =>
      plugin((hooks) =>
        hooks.collectState.tap('broken', (state) => {
          state.section('broken').values = { best: -Infinity };
        }),
      );
    await breaks('goes on bit for bit', lossy, /"broken" holds a value that JSON cannot/);
  });

  it('finds two instances that share', async () => {
    let steps = 0;
    const sharing = () => plugin((hooks) => hooks.learningRate.tap('broken', () => 1 + (steps += 1)));
    await breaks('shares nothing', sharing, /at index/);
  });

  it('finds statistics that move outside the update', async () => {
    const moving = (hook: 'perturb' | 'afterStep') => () =>
      plugin((hooks) => {
        let mean: tf.Variable | undefined;
        const move = () => tf.tidy(() => void mean!.assign(mean!.add(1)));
        hooks.prepare.tap('broken', (_, variables) => {
          mean = variables.get('batchNorm/movingMean')!.variable;
        });
        if (hook === 'afterStep') hooks.afterStep.tap('broken', move);
        else {
          hooks.perturb.tap('broken', () => {
            move();
            return () => undefined;
          });
        }
      });
    await breaks('lets batch statistics', moving('afterStep'), /"batchNorm\/movingMean" at index/);
    await breaks('lets batch statistics', moving('perturb'), /"batchNorm\/movingMean" at index/);
  });

  it('finds an evaluation that leaves a trace', async () => {
    const counting = () =>
      plugin((hooks) => {
        let reads = 0;
        hooks.operand.tap({ name: 'broken', stage: OperandStage.observe }, (value) => {
          reads += 1;
          return value;
        });
        hooks.learningRate.tap('broken', () => 1 / reads);
      });
    await breaks('lets evaluate', counting, /at index/);
  });

  it('finds an evaluation that is not the same twice', async () => {
    const noisy = () =>
      plugin((hooks) =>
        hooks.operand.tap('broken', (value, _, { phase }) =>
          phase === 'evaluate' ? value.add(tf.randomNormal(value.shape)) : value,
        ),
      );
    await breaks('lets evaluate', noisy, /the same twice/);
  });

  it("finds a calibration that moves the model's variables", async () => {
    const meddling = () =>
      plugin((hooks) => {
        let bias: tf.Variable | undefined;
        hooks.prepare.tap('broken', (_, variables) => {
          bias = variables.get('dense1/bias')!.variable;
        });
        hooks.onCalibrated.tap('broken', () => tf.tidy(() => void bias!.assign(bias!.add(1))));
      });
    await breaks('lets calibrate', meddling, /"dense1\/bias" at index/);
  });
});
