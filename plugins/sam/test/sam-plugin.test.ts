import {
  measureSharpness,
  readStep,
  trainStep,
  UsageError,
  type BatchSource,
  type TrainingPlugin,
} from '@flatbit/core';
import { samPlugin, type SamOptions } from '@flatbit/plugin-sam';
import { expectClose, pluginContract, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { emptyBatch, gridPlugin, quadratic, quadraticTraining, watchPerturbed } from './quadratic.js';

/** One step from w, b; where the perturbed pass stood, and what it left. */
async function step(options: SamOptions, { weight = [3, 0], bias = [4], decay = 0, grid = 0 } = {}) {
  const watch = watchPerturbed();
  const plugins = [...(grid > 0 ? [gridPlugin(grid)] : []), samPlugin({ warn: () => {}, ...options }), watch];
  const training = quadraticTraining(quadratic(weight, bias, decay), plugins);
  const report = await readStep(trainStep(training, emptyBatch));
  const after = training.variables.all().map(({ key, variable }) => [key, [...variable.dataSync()]] as const);
  training.dispose();
  return { report, perturbed: watch.seen, after: new Map(after) };
}

describe('the perturbation', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('is ρ·g/‖g‖ with one norm over weights and what moves in place', async () => {
    // g = (3, 0 | 4), ‖g‖ = 5, ρ = 1: ε = (0.6, 0 | 0.8).
    const { perturbed, report, after } = await step({ rho: 1 });
    expectClose(perturbed.weight, [3.6, 0]);
    expectClose(perturbed.bias, [4.8]);
    // L = 25/2; L(θ + ε) = (3.6² + 4.8²)/2 = 18.
    expectClose(report.loss, 12.5);
    expectClose(report.sharpness!, 18 - 12.5);
    // Rate 1: w − g(θ + ε), from the weights as they were.
    expectClose(after.get('layer/kernel')!, [3 - 3.6, 0]);
    expectClose(after.get('layer/bias')!, [4 - 4.8]);
  });

  it('is added to the quantized weight of the unmoved latent one', async () => {
    // Grid of 0.5: Q(0.6) = 0.5, Q(−2) = −1. g = (0.5, −1), ‖g‖ = √1.25; b does not move.
    const { perturbed, after } = await step(
      { rho: 0.2, bias: false },
      { weight: [0.6, -2], bias: [0], grid: 0.5 },
    );
    const norm = Math.sqrt(1.25);
    expectClose(perturbed.weight, [0.5 + (0.2 * 0.5) / norm, -1 - 0.2 / norm]);
    // Saturated entries get no gradient from the second pass either.
    expectClose(after.get('layer/kernel')!, [0.6 - (0.5 + 0.1 / norm), -2]);
  });

  it('at the latent gradient leaves saturated entries out (case 1)', async () => {
    const { perturbed } = await step(
      { rho: 0.2, at: 'latent', bias: false },
      { weight: [0.6, -2], bias: [0], grid: 0.5 },
    );
    // ‖g‖ is 0.5 now: the saturated −2 does not count.
    expectClose(perturbed.weight, [0.5 + 0.2, -1]);
  });

  it('before the quantizer is mostly rounded away (case 2)', async () => {
    const small = { rho: 0.1, at: 'beforeQuantizer', bias: false } as const;
    const { perturbed } = await step(small, { weight: [0.6, -2], bias: [0], grid: 0.5 });
    // 0.6 + 0.1 rounds to 0.5 again; −2 has no gradient.
    expectClose(perturbed.weight, [0.5, -1]);
    const large = await step({ ...small, rho: 0.2 }, { weight: [0.6, -2], bias: [0], grid: 0.5 });
    expectClose(large.perturbed.weight, [1, -1]); // 0.6 + 0.2 = 0.8 rounds to 1.
  });

  it('is zero where the gradient is, and the step happens', async () => {
    const { perturbed, report, after } = await step({ rho: 1 }, { weight: [0, 0], bias: [0] });
    expectClose(perturbed.weight, [0, 0]);
    expect(report.sharpness).to.equal(0);
    expect(report.finite).to.equal(true);
    expectClose(after.get('layer/kernel')!, [0, 0]);
  });

  it('keeps regularizers of biases out on request', async () => {
    // Loss gradient of b is 4, of its regularizer 0.5·4 = 2. With it: g = (3, 0 | 6), ‖g‖ = √45. Without: (3, 0 | 4), 5.
    const within = await step({ rho: 1 }, { decay: 0.5 });
    expectClose(within.perturbed.weight, [3 + 3 / Math.sqrt(45), 0]);
    expectClose(within.perturbed.bias, [4 + 6 / Math.sqrt(45)]);
    const without = await step({ rho: 1, regularizers: false }, { decay: 0.5 });
    expectClose(without.perturbed.weight, [3.6, 0]);
    expectClose(without.perturbed.bias, [4.8]);
  });

  it('scales with the parameters in the adaptive form', async () => {
    // T = |w| + η for weights, 1 for biases; η = 0.5, w = (3, 0), b = 4, g = (3, 0 | 4).
    // Tg = (10.5, 0 | 4); T²g = (36.75, 0 | 4); ‖Tg‖ = √126.25.
    const { perturbed } = await step({ rho: 1, adaptive: { eta: 0.5 } });
    const norm = Math.sqrt(10.5 ** 2 + 4 ** 2);
    expectClose(perturbed.weight, [3 + 36.75 / norm, 0]);
    expectClose(perturbed.bias, [4 + 4 / norm]);
    // The published code has |w|² = 9 in the numerator: 27.
    const paper = await step({ rho: 1, adaptive: { eta: 0.5, form: 'paper' } });
    expectClose(paper.perturbed.weight, [3 + 27 / norm, 0]);
  });

  it('takes η = 0.01 unless given', async () => {
    const { perturbed } = await step({ rho: 1, adaptive: true, bias: false }, { bias: [0] });
    // One weight counts: ε = T²g/(T·g) = T = 3.01.
    expectClose(perturbed.weight, [6.01, 0]);
  });

  it('leaves biases where they are on request', async () => {
    const { perturbed } = await step({ rho: 1, bias: false });
    expectClose(perturbed.weight, [4, 0]);
    expectClose(perturbed.bias, [4]);
  });
});

describe('samPlugin', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  pluginContract('sam', () => samPlugin({ rho: 0.05 }));
  pluginContract('sam, adaptive', () => samPlugin({ rho: 0.5, adaptive: true }));
  pluginContract('sam, every second step', () => samPlugin({ rho: 0.05, interval: 2 }));
  pluginContract('sam, latent', () => samPlugin({ rho: 0.05, at: 'latent' }));
  pluginContract('sam, before the quantizer', () => samPlugin({ rho: 0.05, at: 'beforeQuantizer' }));

  it('perturbs every n-th step', async () => {
    const training = quadraticTraining(quadratic([3], [4]), [samPlugin({ rho: 1, interval: 2 })]);
    const sharpness: (number | undefined)[] = [];
    for (let i = 0; i < 4; i += 1)
      sharpness.push((await readStep(trainStep(training, emptyBatch))).sharpness);
    training.dispose();
    expect(sharpness.map((value) => value !== undefined)).to.deep.equal([true, false, true, false]);
  });

  it('asks for no second pass at radius 0', async () => {
    expect((await step({ rho: 0 })).report).to.not.have.property('sharpness');
  });

  it('names a parameter without a gradient once', async () => {
    const lines: string[] = [];
    const model = quadratic([3], [4]);
    const training = quadraticTraining(
      { ...model, forward: (_, __, read) => [read(model.operands[0]!, model.variables[0]!.variable)] },
      [samPlugin({ rho: 1, warn: (line) => lines.push(line) })],
    );
    for (let i = 0; i < 2; i += 1) await readStep(trainStep(training, emptyBatch));
    training.dispose();
    expect(lines).to.deep.equal([
      'plugin "sam": the loss does not depend on "layer/bias"; it is not perturbed',
    ]);
  });

  it('does not touch frozen weights', async () => {
    const model = quadratic([3], [4]);
    const [weight, bias] = model.variables;
    const watch = watchPerturbed();
    const training = quadraticTraining({ ...model, variables: [{ ...weight!, gradient: 'none' }, bias!] }, [
      samPlugin({ rho: 1 }),
      watch,
    ]);
    await readStep(trainStep(training, emptyBatch));
    training.dispose();
    expectClose(watch.seen.weight, [3]);
    expectClose(watch.seen.bias, [5]);
  });

  it('measures sharpness along the gradient of the whole source, and moves nothing', async () => {
    const training = quadraticTraining(quadratic([3, 0], [4]), [samPlugin({ rho: 1 })]);
    const source: BatchSource = {
      examples: 3,
      stepsPerEpoch: 2,
      batches: () => [{ ...emptyBatch, size: 2 }, emptyBatch],
    };
    const measured = await measureSharpness(training, source);
    expectClose([measured.loss, measured.perturbedLoss, measured.sharpness], [12.5, 18, 5.5]);
    expect(training.variables.all().flatMap(({ variable }) => [...variable.dataSync()])).to.deep.equal([
      3, 0, 4, 0, 0,
    ]);
    training.dispose();
  });

  it('measures at a radius of its own, also where it does not perturb', async () => {
    const training = quadraticTraining(quadratic([3, 0], [4]), [samPlugin({ rho: 0, measureRho: 1 })]);
    expect(await readStep(trainStep(training, emptyBatch))).to.not.have.property('sharpness');
    training.variables.get('layer/kernel')!.variable.assign(tf.tensor1d([3, 0]));
    training.variables.get('layer/bias')!.variable.assign(tf.tensor1d([4]));
    const source: BatchSource = { examples: 1, stepsPerEpoch: 1, batches: () => [emptyBatch] };
    expectClose((await measureSharpness(training, source)).sharpness, 5.5);
    training.dispose();
  });

  it('refuses a negative radius and an interval below 1', () => {
    expect(() => samPlugin({ rho: -1 })).to.throw(UsageError, 'sam.rho: got -1; takes a number from 0');
    expect(() => samPlugin({ rho: 0, measureRho: -1 })).to.throw(
      'sam.measureRho: got -1; takes a number from 0',
    );
    expect(() => samPlugin({ rho: NaN })).to.throw('sam.rho: got NaN');
    expect(() => samPlugin({ rho: 1, interval: 0 })).to.throw(
      'sam.interval: got 0; takes a whole number from 1',
    );
  });

  it('moves a scalar, such as a clip value', async () => {
    let clip: tf.Variable | undefined;
    const seen: number[] = [];
    const scalarPlugin: TrainingPlugin = {
      name: 'scalar',
      apply(hooks) {
        hooks.prepare.tap('scalar', (_, variables) => {
          const request = {
            owner: 'scalar',
            key: 'clip',
            role: 'activationClip',
            shape: [],
            initial: 4,
          } as const;
          clip = variables.create(request);
        });
        hooks.loss.tap('scalar', (loss, { phase }) => {
          if (phase === 'perturbed') seen.push(clip!.dataSync()[0]!);
          return loss.add(clip!.square().div(2)) as tf.Scalar;
        });
      },
    };
    const training = quadraticTraining(quadratic([3], [0]), [scalarPlugin, samPlugin({ rho: 1 })]);
    await readStep(trainStep(training, emptyBatch));
    training.dispose();
    // g = (3 | 4), ‖g‖ = 5.
    expectClose(seen, [4.8]);
  });

  it('refuses other options that it cannot take', () => {
    const refused: readonly (readonly [object, string])[] = [
      [{ normFloor: -1 }, 'sam.normFloor: got -1; takes a number from 0'],
      [{ normFloor: NaN }, 'sam.normFloor: got NaN; takes a number from 0'],
      [{ at: 'weights' }, 'sam.at: got "weights"; takes "quantized", "latent" or "beforeQuantizer"'],
      [{ adaptive: { eta: -0.1 } }, 'sam.adaptive.eta: got -0.1; takes a number from 0'],
      [{ adaptive: { form: 'saq' } }, 'sam.adaptive.form: got "saq"; takes "asam" or "paper"'],
      [{ adaptive: null }, 'sam.adaptive: got null; takes true, false, or an object with eta, form'],
      [{ batchNorm: 'no' }, 'sam.batchNorm: got "no"; takes true or false'],
      [{ rho: '0.05' }, 'sam.rho: got "0.05"; takes a number from 0'],
      [{ rho: undefined }, 'sam.rho: got nothing; takes a number from 0'],
    ];
    for (const [options, message] of refused) {
      const make = () => samPlugin({ rho: 1, ...options } as SamOptions);
      expect(make).to.throw(UsageError, new RegExp(`^${message}$`));
    }
    expect(() => samPlugin(0.05 as never)).to.throw(UsageError, 'sam: got 0.05; takes an object of options');
    samPlugin({ rho: 0, normFloor: 0, adaptive: { eta: 0 } });
  });

  it('keeps two trainings apart, also as one object', async () => {
    const plugin = samPlugin({ rho: 1 });
    const one = quadraticTraining(quadratic([3, 0], [4]), [plugin]);
    const two = quadraticTraining(quadratic([0], [1]), [plugin]);
    // As in a training of its own: L(θ + ε) − L(θ) = 18 − 12.5.
    expectClose((await readStep(trainStep(one, emptyBatch))).sharpness!, 5.5);
    // g = (0 | 1): 2²/2 − 1/2.
    expectClose((await readStep(trainStep(two, emptyBatch))).sharpness!, 1.5);
    one.dispose();
    two.dispose();
  });

  it('refuses to share the second pass', () => {
    const second = { ...samPlugin({ rho: 1 }), name: 'asam' };
    const wire = () =>
      quadraticTraining(quadratic([3], [4]), [
        samPlugin({ rho: 1 }),
        { name: 'other', apply: (hooks) => void hooks.perturb.tap('other', () => undefined) },
        second,
      ]);
    expect(wire).to.throw('hook "perturb" is taken by plugin "sam"; plugin "other" cannot join it');
  });
});
