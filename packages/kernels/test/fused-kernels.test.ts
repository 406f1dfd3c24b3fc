import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  fusedKernel,
  registerWasmKernels,
  trainingBatchNorm,
  type FusedKernels,
  type GridAttributes,
} from '@flatbit/kernels';
import { expectClose, expectNoTensorLeak, testEngine } from '@flatbit/testing';
import { expectSameOn, inCase, useEngine, valuesOf, withGradients } from './engines.js';

/** The engine to test on: `cpu` has none of these kernels. */
const engine = testEngine === 'cpu' ? 'wasm' : testEngine;
registerWasmKernels();
/** Native TensorFlow has them once they are compiled. */
const suite = (tf.getKernel('FlatbitFakeQuantize', engine) as object | undefined) ? describe : describe.skip;

const { fround } = Math;
const floor = 1e-8;

/** Four-bit grids: of an unsigned activation, of a signed one, and of a weight. */
const grids: Readonly<Record<string, GridAttributes>> = {
  unsigned: { shift: 0, low: 0, high: 1, steps: 15, floor },
  signed: { shift: 0, low: -1, high: 1, steps: 7, floor },
  weight: { shift: 1, low: 0, high: 2, steps: 7.5, floor },
};

/** Sizes around a vector and around a block. */
const sizes = [0, 1, 3, 4, 5, 37, 4096, 9001];

function kernel<Name extends keyof FusedKernels>(name: Name): FusedKernels[Name] {
  const run = fusedKernel(name);
  assert.ok(run, `${name} is not registered`);
  return run;
}

/** Half to even. */
function round(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

/** The definition, in float32. */
function snapped(value: number, range: number, { shift, low, high, steps }: GridAttributes): number {
  if (!Number.isFinite(value)) return NaN;
  const clipped = Math.min(high, Math.max(low, fround(fround(value / range) + shift)));
  return fround(fround(round(fround(clipped * steps)) - shift * steps) * fround(range / steps));
}

function inside(value: number, range: number, { shift, low, high }: GridAttributes): number {
  const ratio = fround(value / range);
  return ratio >= low - shift && ratio <= high - shift ? 1 : 0;
}

/** Values in [−1, 1) with ties, bounds and what is no number among them. */
function awkward(size: number, range: number): Float32Array {
  const values = valuesOf([size], 5);
  const ties = [0.5 / 15, 1.5 / 15, 2.5 / 15, 0.5 / 7, -1.5 / 7, 1, -1, 0, -0, 2, -2].map(
    (tie) => tie * range,
  );
  return values.map((value, index) => (index % 3 === 0 ? ties[(index / 3) % ties.length]! : value));
}

suite(`fake quantization in one pass on ${engine}`, () => {
  before(() => useEngine(engine));
  after(() => useEngine(testEngine));

  for (const [name, grid] of Object.entries(grids)) {
    it(`snaps to the ${name} grid, halves to the even level`, () => {
      for (const size of sizes) {
        for (const learned of [0.75, -0.75, 1, 0]) {
          const range = Math.max(fround(Math.abs(learned)), fround(floor));
          const values = awkward(size, range);
          const expected = [...values].map((value) => snapped(value, range, grid));
          tf.tidy(() => {
            const [result] = kernel('FakeQuantize')(
              { value: tf.tensor1d(values), learned: tf.scalar(learned) },
              grid,
            );
            assert.deepEqual(
              [...result.dataSync()].map((value) => value + 0),
              expected.map((value) => value + 0),
            );
          });
        }
      }
    });

    it(`passes the gradient of the ${name} grid to what is in range, and the rest to the range`, () => {
      for (const size of sizes) {
        for (const learned of [0.75, -0.75]) {
          const range = 0.75;
          const values = awkward(size, range);
          const upstream = valuesOf([size], 6);
          const masks = [...values].map((value) => inside(value, range, grid));
          const toLearned = [...values].reduce(
            (sum, value, i) => sum + (snapped(value, range, grid) - value * masks[i]!) * upstream[i]!,
            0,
          );
          tf.tidy(() => {
            const [toValue, toRange] = kernel('FakeQuantizeGrad')(
              { upstream: tf.tensor1d(upstream), value: tf.tensor1d(values), learned: tf.scalar(learned) },
              grid,
            );
            assert.deepEqual(
              [...toValue.dataSync()],
              [...upstream].map((each, i) => each * masks[i]!),
            );
            const expected = (toLearned / range) * Math.sign(learned);
            expectClose(toRange, [expected], { relative: 1e-5, absolute: 1e-5 });
            assert.deepEqual(toRange.shape, []);
          });
        }
      }
    });
  }

  it('makes NaN of what is not finite, in the value and in the range', () => {
    tf.tidy(() => {
      const value = tf.tensor1d([NaN, Infinity, -Infinity, 0.5, NaN]);
      const [result] = kernel('FakeQuantize')({ value, learned: tf.scalar(1) }, grids['unsigned']!);
      // 0.5 · 15 = 7.5, to the even 8.
      assert.deepEqual([...result.dataSync()], [NaN, NaN, NaN, fround(8 * fround(1 / 15)), NaN]);
      const [lost] = kernel('FakeQuantize')(
        { value: tf.ones([3]), learned: tf.scalar(NaN) },
        grids['signed']!,
      );
      assert.deepEqual([...lost.dataSync()], [NaN, NaN, NaN]);
      const [, toRange] = kernel('FakeQuantizeGrad')(
        { upstream: tf.ones([5]), value, learned: tf.scalar(1) },
        grids['unsigned']!,
      );
      assert.ok(Number.isNaN(toRange.dataSync()[0]));
    });
  });

  for (const rescale of [true, false]) {
    it(`standardises a weight first${rescale ? ', and brings it back' : ''}`, () => {
      const grid = grids['weight']!;
      const range = 1.5;
      for (const size of [2, 5, 36, 9001]) {
        const weight = valuesOf([size], 9).map((each) => 0.1 * each + 0.02);
        const upstream = valuesOf([size], 10);
        const mean = weight.reduce((sum, each) => sum + each, 0) / size;
        const deviation = Math.sqrt(weight.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (size - 1));
        tf.tidy(() => {
          const inputs = { weight: tf.tensor1d(weight), learned: tf.scalar(range) };
          const [quantized, statistics] = kernel('StandardizedFakeQuantize')(inputs, { ...grid, rescale });
          expectClose(statistics, [mean, deviation], { relative: 1e-6 });
          const [mean32, deviation32] = statistics.dataSync() as Float32Array & [number, number];
          const normalised = weight.map((each) => fround(each - mean32) / deviation32);
          const levels = [...normalised].map((each) => snapped(each, range, grid));
          expectClose(
            quantized,
            levels.map((level) => (rescale ? level * deviation + mean : level)),
            { relative: 1e-5 },
          );
          const [toWeight, toLearned] = kernel('StandardizedFakeQuantizeGrad')(
            { ...inputs, upstream: tf.tensor1d(upstream), statistics },
            { ...grid, rescale },
          );
          const scale = rescale ? deviation : 1;
          const masks = [...normalised].map((each) => inside(each, range, grid));
          expectClose(
            toWeight,
            masks.map((mask, i) => (upstream[i]! * scale * mask) / deviation),
            { relative: 1e-5 },
          );
          const terms = levels.map((level, i) => (level - normalised[i]! * masks[i]!) * upstream[i]! * scale);
          expectClose(toLearned, [terms.reduce((sum, term) => sum + term, 0) / range], {
            relative: 1e-4,
            absolute: 1e-4,
          });
        });
      }
    });
  }

  it('takes the least deviation where a weight is constant', () => {
    tf.tidy(() => {
      const [quantized, statistics] = kernel('StandardizedFakeQuantize')(
        { weight: tf.fill([5], 0.25), learned: tf.scalar(1) },
        { ...grids['weight']!, rescale: true },
      );
      expectClose(statistics, [0.25, floor]);
      // A standardised 0 is between two levels, 1/15 of the range apart from it: 1e-9 after rescaling.
      expectClose(quantized, new Array<number>(5).fill(0.25));
    });
  });
});

suite(`batch norm with its activation on ${engine}`, () => {
  after(() => useEngine(testEngine));

  const activations = { none: undefined, relu: { low: 0, high: Infinity }, relu6: { low: 0, high: 6 } };

  for (const [name, activation] of Object.entries(activations)) {
    it(`is that of cpu for every width, with its gradients: ${name}`, async () => {
      for (const shape of [
        [7, 1],
        [2, 5, 3],
        [3, 4],
        [2, 3, 3, 5],
        [2, 3, 3, 16],
        [3, 2, 2, 23],
        [1, 9, 70],
        [900, 12],
      ]) {
        const channels = shape.at(-1)!;
        await inCase(String(shape), () =>
          expectSameOn(
            engine,
            [shape, [channels], [channels]],
            withGradients((x, scale, offset) => {
              const { output } = trainingBatchNorm(x!.mul(3).add(1), {
                scale: scale!.mul(4) as tf.Tensor1D,
                offset: offset as tf.Tensor1D,
                epsilon: 1e-3,
                activation,
              });
              return output;
            }),
          ),
        );
      }
    });
  }

  it('lets NaN stay, and spoils its own channel alone', async () => {
    await useEngine(engine);
    tf.tidy(() => {
      const x = tf.tensor2d([1, NaN, 3, 4, 5, 6], [3, 2]);
      const { output, mean } = trainingBatchNorm(x, { epsilon: 1e-3, activation: activations.relu });
      const values = [...output.dataSync()];
      assert.deepEqual(
        values.map((value) => Number.isNaN(value)),
        [false, true, false, true, false, true],
      );
      assert.deepEqual([...mean.dataSync()], [3, NaN]);
    });
  });

  it('takes whole numbers too', async () => {
    await useEngine(engine);
    tf.tidy(() => {
      const x = tf.tensor2d([0, 10, 2, 30], [2, 2], 'int32');
      const { output, mean, variance } = trainingBatchNorm(x, { epsilon: 0 });
      assert.deepEqual([...mean.dataSync(), ...variance.dataSync()], [1, 20, 1, 100]);
      expectClose(output, [-1, -1, 1, 1]);
    });
  });

  it('has no variance below zero, where a constant is no sum of its rounded mean', async () => {
    await useEngine(engine);
    for (const rows of [7, 33, 1000]) {
      for (let step = 1; step < 60; step++) {
        const constant = 0.0137 * step ** 2;
        tf.tidy(() => {
          const { variance } = trainingBatchNorm(tf.fill([rows, 3], constant), { epsilon: 1e-3 });
          for (const value of variance.dataSync()) assert.ok(value >= 0, `${rows} of ${constant}: ${value}`);
        });
      }
    }
  });

  it('is empty for no channels', async () => {
    await useEngine(engine);
    tf.tidy(() => assert.deepEqual(trainingBatchNorm(tf.zeros([2, 0]), { epsilon: 1 }).output.shape, [2, 0]));
  });
});

suite(`other kernels in one pass on ${engine}`, () => {
  before(() => useEngine(engine));
  after(() => useEngine(testEngine));

  it("ReLU's gradient is upstream's where the output is above zero", () => {
    for (const size of sizes) {
      tf.tidy(() => {
        const output = valuesOf([size], 1).map((value) => Math.max(0, value));
        const upstream = valuesOf([size], 2);
        const [toInput] = kernel('ReluGrad')(
          { upstream: tf.tensor1d(upstream), output: tf.tensor1d(output) },
          {},
        );
        assert.deepEqual(
          [...toInput.dataSync()],
          [...upstream].map((each, i) => each * Number(output[i]! > 0)),
        );
      });
    }
    tf.tidy(() => {
      const [toInput] = kernel('ReluGrad')(
        { upstream: tf.tensor1d([NaN, NaN, 1, 1, 2, Infinity]), output: tf.tensor1d([0, 1, NaN, -0, 3, 0]) },
        {},
      );
      // Nothing that is not finite is hidden from the guard.
      assert.deepEqual([...toInput.dataSync()], [NaN, NaN, 0, 0, 2, NaN]);
    });
  });

  it('softmax cross-entropy is logsumexp minus the logit of the label', () => {
    tf.tidy(() => {
      // Equal logits: ln 2. Far apart: no overflow.
      const logits = tf.tensor2d([0, 0, 1000, 0], [2, 2]);
      const [losses, toLogits] = kernel('SoftmaxCrossEntropy')(
        { logits, labels: tf.tensor1d([1, 1], 'int32') },
        {},
      );
      expectClose(losses, [Math.LN2, 1000]);
      expectClose(toLogits, [0.5, -0.5, 1, -1]);
      const [none, empty] = kernel('SoftmaxCrossEntropy')(
        { logits: tf.zeros([0, 3]), labels: tf.tensor1d([], 'int32') },
        {},
      );
      assert.deepEqual([none.shape, empty.shape], [[0], [0, 3]]);
      const [lost] = kernel('SoftmaxCrossEntropy')(
        { logits: tf.tensor2d([[NaN, 1]]), labels: tf.tensor1d([1], 'int32') },
        {},
      );
      assert.ok(Number.isNaN(lost.dataSync()[0]));
    });
  });

  it('all are finite, or one is not, wherever it is', () => {
    const finite = (...lists: number[][]) =>
      tf.tidy(
        () => kernel('AllFinite')({ tensors: lists.map((list) => tf.tensor1d(list)) }, {})[0].dataSync()[0],
      );
    assert.equal(finite([1, 2, 3, 4, 5], [], [3.4e38]), 1);
    for (const odd of [NaN, Infinity, -Infinity]) {
      for (let at = 0; at < 6; at++) {
        assert.equal(
          finite(
            [1],
            Array.from({ length: 6 }, (_, i) => (i === at ? odd : i)),
          ),
          0,
        );
      }
    }
  });

  it('the global norm is that of all together, also of what is tiny', () => {
    const norm = (...lists: number[][]) =>
      tf.tidy(
        () => kernel('GlobalNorm')({ tensors: lists.map((list) => tf.tensor1d(list)) }, {})[0].dataSync()[0]!,
      );
    assert.equal(norm([3], [], [0, 4]), 5);
    expectClose(norm([3e-30], [4e-30]), 5e-30);
    assert.ok(Number.isNaN(norm([1], [NaN])));
  });

  it('a blend is worked out pair by pair, or is what was there', () => {
    for (const healthy of [true, false]) {
      tf.tidy(() => {
        const blended = kernel('Blend')(
          {
            healthy: tf.scalar(healthy).toBool(),
            tensors: [tf.tensor1d([1, 2, 3, 4, 5]), tf.scalar(10)],
            others: [tf.tensor1d([10, 20, 30, 40, NaN]), tf.scalar(20)],
          },
          { keep: [0.5, 0.75], take: [2, 0.25] },
        );
        // 1 · 0.5 + 10 · 2 = 20.5, …; 10 · 0.75 + 20 · 0.25 = 12.5
        const expected = healthy ? [20.5, 41, 61.5, 82, NaN, 12.5] : [1, 2, 3, 4, 5, 10];
        assert.deepEqual(
          blended.flatMap((each) => [...each.dataSync()]),
          expected,
        );
        assert.deepEqual(blended[1]!.shape, []);
      });
    }
  });

  it('SGD moves by the velocity, ahead with Nesterov, and not at all where the step was not healthy', () => {
    const sgd = (healthy: boolean, nesterov: boolean, weightDecay: number) =>
      tf.tidy(() =>
        kernel('Sgd')(
          {
            healthy: tf.scalar(healthy).toBool(),
            parameters: [tf.fill([5], 4)],
            gradients: [tf.fill([5], 1)],
            velocities: [tf.fill([5], 2)],
          },
          { settings: [[0.5, 0.5, weightDecay]], nesterov },
        ).map((each) => each.dataSync()),
      );
    const five = (value: number) => new Float32Array(5).fill(value);
    // v = 0.5 · 2 + 1 = 2; p = 4 − 0.5 · 2 = 3
    assert.deepEqual(sgd(true, false, 0), [five(3), five(2)]);
    // g = 1 + 0.25 · 4 = 2; v = 0.5 · 2 + 2 = 3; p = 4 − 0.5 · (2 + 0.5 · 3) = 2.25
    assert.deepEqual(sgd(true, true, 0.25), [five(2.25), five(3)]);
    assert.deepEqual(sgd(false, true, 0.25), [five(4), five(2)]);
  });

  it('Adam divides the first moment by the root of the second', () => {
    const adam = (healthy: boolean, weightDecay: number) =>
      tf.tidy(() =>
        kernel('Adam')(
          {
            // β₁, β₂, 1 − β₁, 1 − β₂, weight decay, step size, ε
            settings: tf.tensor2d([[0.5, 0.75, 0.5, 0.25, weightDecay, 0.5, 1]]),
            healthy: tf.scalar(healthy).toBool(),
            parameters: [tf.fill([5], 2)],
            gradients: [tf.fill([5], 2)],
            firstMoments: [tf.fill([5], 4)],
            secondMoments: [tf.fill([5], 4)],
          },
          {},
        ).map((each) => each.dataSync()),
      );
    const five = (value: number) => new Float32Array(5).fill(value);
    // m = 0.5 · 4 + 0.5 · 2 = 3; v = 0.75 · 4 + 0.25 · 4 = 4; p = 2 − 0.5 · 3 / (2 + 1) = 1.5
    assert.deepEqual(adam(true, 0), [five(1.5), five(3), five(4)]);
    // g = 2 + 1 · 2 = 4: m = 4; v = 3 + 0.25 · 16 = 7
    const [, first, second] = adam(true, 1);
    assert.deepEqual([first, second], [five(4), five(7)]);
    assert.deepEqual(adam(false, 1), [five(2), five(4), five(4)]);
  });

  it('do without the SIMD of TF.js, which can be switched off', function () {
    if (engine !== 'wasm') this.skip();
    tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
    try {
      tf.tidy(() => {
        const [norm] = kernel('GlobalNorm')({ tensors: [tf.tensor1d([3, 4])] }, {});
        const [result] = kernel('FakeQuantize')({ value: norm, learned: tf.scalar(7.5) }, grids['unsigned']!);
        // 5 / 7.5 · 15 = 10, times 7.5 / 15.
        assert.deepEqual([...result.dataSync()], [5]);
      });
    } finally {
      tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
    }
  });

  it('keep no memory of their own', () => {
    const x = tf.tensor2d(valuesOf([9, 5]), [9, 5]);
    const vector = tf.ones<tf.Rank.R1>([5]);
    const learned = tf.scalar(1);
    const grid = grids['weight']!;
    const dataIds = tf.backend().numDataIds();
    expectNoTensorLeak(() => {
      const norm = kernel('ActivatedBatchNorm')(
        { x, scale: vector, offset: vector },
        { epsilon: 1, low: 0, high: 6 },
      );
      const [, mean, variance] = norm;
      tf.dispose(norm.slice(0, 1));
      tf.dispose(
        kernel('ActivatedBatchNormGrad')(
          { upstream: x, x, scale: vector, offset: vector, mean, variance },
          { epsilon: 1, low: 0, high: 6 },
        ),
      );
      tf.dispose([mean, variance]);
      tf.dispose(kernel('FakeQuantizeGrad')({ upstream: x, value: x, learned }, grid));
      const [quantized, statistics] = kernel('StandardizedFakeQuantize')(
        { weight: x, learned },
        { ...grid, rescale: true },
      );
      tf.dispose(
        kernel('StandardizedFakeQuantizeGrad')(
          { upstream: x, weight: x, learned, statistics },
          { ...grid, rescale: true },
        ),
      );
      tf.dispose([quantized, statistics]);
      tf.dispose(kernel('AllFinite')({ tensors: [x] }, {}));
    });
    assert.equal(tf.backend().numDataIds(), dataIds);
    tf.dispose([x, vector, learned]);
  });
});
