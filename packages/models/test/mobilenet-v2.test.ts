import assert from 'node:assert/strict';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { mobilenetV2, mobilenetV2Cifar } from '@flatbit/models';
import {
  assertClose,
  macsByLayer,
  stirBatchNorms,
  testImage,
  total,
  trainableParameters,
  weightsWithoutGradient,
  weightValues,
} from './model-facts.js';

const tiny = { width: 4, inputShape: [16, 16, 3], classes: 3 } as const;

describe('mobilenetV2', () => {
  let tensorsBefore: number;

  beforeEach(async () => {
    await tf.setBackend(testEngine);
    tensorsBefore = tf.memory().numTensors;
  });

  /** Frees the model and sees that nothing else was left. */
  function release(model: tf.LayersModel): void {
    model.dispose();
    assert.equal(tf.memory().numTensors, tensorsBefore);
  }

  it('for ImageNet takes 300,774,272 multiply-accumulates and has the 3,504,872 parameters that torchvision publishes', () => {
    const model = mobilenetV2();
    const macs = macsByLayer(model);
    assert.equal(total(macs), 300_774_272);
    assert.equal(trainableParameters(model), 3_504_872);
    assert.equal(macs.get('conv'), 112 * 112 * 9 * 3 * 32);
    assert.equal(macs.get('stage1/block1/depthwise'), 112 * 112 * 9 * 32);
    assert.equal(macs.get('stage2/block1/expand'), 112 * 112 * 16 * 96);
    assert.equal(macs.get('stage2/block1/depthwise'), 56 * 56 * 9 * 96);
    assert.equal(macs.get('stage7/block1/project'), 7 * 7 * 960 * 320);
    assert.equal(macs.get('head'), 7 * 7 * 320 * 1280);
    // The first convolution, 2 + 16 * 3 in the blocks, the head, the dense layer: 51 between the ends.
    assert.equal(macs.size, 53);
    release(model);
  });

  it('for CIFAR-100 takes 91,270,144 multiply-accumulates and has 2,412,212 parameters', () => {
    // A block from i to o channels with c = t i in between: c i + 2 c, 9 c + 2 c and c o + 2 o; a shortcut i o + 2 o.
    // First convolution, seven stages, head, dense:
    // 928 + 2,528 + 14,400 + 39,696 + 183,872 + 309,504 + 795,264 + 525,760
    // + 412,160 + 128,100 = 2,412,212
    const model = mobilenetV2Cifar();
    const macs = macsByLayer(model);
    assert.equal(total(macs), 91_270_144);
    assert.equal(trainableParameters(model), 2_412_212);
    assert.equal(macs.get('conv'), 32 * 32 * 9 * 3 * 32);
    assert.equal(macs.get('stage1/block1/expand'), 32 * 32 * 32 * 32);
    assert.equal(macs.get('stage1/block1/shortcut'), 32 * 32 * 32 * 16);
    assert.equal(macs.get('stage3/block1/depthwise'), 16 * 16 * 9 * 144);
    assert.equal(macs.get('stage7/block1/shortcut'), 4 * 4 * 160 * 320);
    // The first convolution, 17 * 3 in the blocks, four shortcuts, the head, the dense layer.
    assert.equal(macs.size, 58);
    assert.deepEqual(
      [...macs.keys()].filter((name) => name.endsWith('shortcut')),
      [1, 2, 5, 7].map((stage) => `stage${stage}/block1/shortcut`),
    );
    release(model);
  });

  it('halves height and width where its stages say so', () => {
    const shapes = (model: tf.LayersModel) =>
      [1, 2, 3, 4, 5, 6, 7].map((stage) =>
        model.getLayer(`stage${stage}/block1/project`).outputShape.slice(1),
      );
    const large = mobilenetV2();
    assert.deepEqual(shapes(large), [
      [112, 112, 16],
      [56, 56, 24],
      [28, 28, 32],
      [14, 14, 64],
      [14, 14, 96],
      [7, 7, 160],
      [7, 7, 320],
    ]);
    release(large);
    const small = mobilenetV2Cifar();
    assert.deepEqual(shapes(small), [
      [32, 32, 16],
      [32, 32, 24],
      [16, 16, 32],
      [8, 8, 64],
      [8, 8, 96],
      [4, 4, 160],
      [4, 4, 320],
    ]);
    release(small);
  });

  it('draws every convolution from the whole normal of variance 2 / fan-out', () => {
    const model = mobilenetV2Cifar({ seed: 1 });
    const deviation = (name: string) => {
      const values = Array.from(model.getLayer(name).getWeights()[0]!.dataSync());
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    // 9 * 960 values that 9 outputs read: sqrt(2 / 9) = 0.4714. The standard error is 0.4714 / sqrt(2 * 8,640), 0.8 %.
    assertClose([deviation('stage7/block1/depthwise')], [0.4714], 0.03 * 0.4714);
    // 160 * 960 values that 960 outputs read: sqrt(2 / 960) = 0.04564.
    assertClose([deviation('stage7/block1/expand')], [0.04564], 0.02 * 0.04564);
    release(model);
  });

  it('ends its ReLUs at 6 for ImageNet, and nowhere for CIFAR', () => {
    for (const [build, maxValue] of [
      [mobilenetV2, 6],
      [mobilenetV2Cifar, null],
    ] as const) {
      const model = build(tiny);
      const ends = model.layers
        .filter((layer) => layer.getClassName() === 'ReLU')
        .map((layer) => layer.getConfig().maxValue ?? null);
      assert.equal(ends.length, build === mobilenetV2 ? 1 + 1 + 16 * 2 + 1 : 1 + 17 * 2 + 1);
      assert.deepEqual([...new Set(ends)], [maxValue]);
      release(model);
    }
  });

  for (const build of [mobilenetV2, mobilenetV2Cifar]) {
    describe(build.name, () => {
      it('lets the loss reach every trainable weight', () => {
        // Two by two places are left at the end: the batch norm of a single value is constant, and gives gamma no gradient.
        const size = build === mobilenetV2 ? 48 : 16;
        const model = build({ ...tiny, inputShape: [size, size, 3] });
        stirBatchNorms(model);
        const image = testImage([size, size, 3], 5);
        assert.deepEqual(weightsWithoutGradient(model, image, 3), []);
        image.dispose();
        release(model);
      });

      it('starts from the same weights with the same seed, and from others with another', () => {
        const weightsOf = (seed: number) => {
          const model = build({ ...tiny, seed });
          const values = weightValues(model);
          release(model);
          return values;
        };
        assert.deepEqual(weightsOf(7), weightsOf(7));
        assert.notDeepEqual(weightsOf(7), weightsOf(8));
      });

      it('loads in plain TensorFlow.js from what save writes', async () => {
        const model = build({ ...tiny, seed: 2 });
        let artifacts: tf.io.ModelArtifacts | undefined;
        await model.save(
          tf.io.withSaveHandler((saved) => {
            artifacts = saved;
            return Promise.resolve({
              modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
            });
          }),
        );
        const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts!));
        const image = testImage([16, 16, 3], 9);
        const logitsOf = (network: tf.LayersModel) =>
          Array.from(tf.tidy(() => (network.predict(image) as tf.Tensor).dataSync()));
        assert.deepEqual(logitsOf(loaded), logitsOf(model));
        image.dispose();
        loaded.dispose();
        release(model);
      });
    });
  }

  it('refuses sizes that are not positive integers', () => {
    assert.throws(() => mobilenetV2({ width: 1.4 }), {
      name: 'UsageError',
      message: 'width is 1.4; it takes a positive integer',
    });
  });
});
