import assert from 'node:assert/strict';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { resnet } from '@flatbit/models';
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
import { classify, convolve, normalizeAndRectify, type Plane, sum } from './plain-network.js';

const tiny = { depth: 14, width: 2, inputShape: [7, 10, 3], classes: 5 } as const;

describe('resnet', () => {
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

  it('of depth 20 takes 40,818,944 multiply-accumulates for a 32 x 32 image and 100 classes', () => {
    const model = resnet({ depth: 20 });
    const macs = macsByLayer(model);
    assert.equal(total(macs), 40_818_944);
    // Bit operations of W4A4 are 16 per multiply-accumulate, of the first and last layer's W8A8 64:
    assert.equal(macs.get('conv'), 28_311_552 / 64);
    assert.equal(macs.get('stage1/block3/conv2'), 37_748_736 / 16);
    assert.equal(macs.get('stage2/block1/conv1'), 18_874_368 / 16);
    assert.equal(macs.get('stage2/block1/shortcut'), 2_097_152 / 16);
    assert.equal(macs.get('stage3/block1/shortcut'), 2_097_152 / 16);
    assert.equal(macs.get('dense'), 409_600 / 64);
    // 19 convolutions on the main path, 2 shortcuts, 1 dense layer.
    assert.equal(macs.size, 22);
    release(model);
  });

  it('of depth 20 has 278,132 trainable parameters', () => {
    // convolutions: 432 + 6 * 2,304 + (4,608 + 5 * 9,216) + 512 + (18,432 + 5 * 36,864) + 2,048 = 270,256; dense: 64 * 100 + 100 = 6,500
    // batch norms, two per channel: 2 * (6 * 16 + 16 + 5 * 32 + 32 + 5 * 64 + 64) = 1,376
    const model = resnet({ depth: 20 });
    assert.equal(model.countParams(), 278_132 + 1_376);
    assert.equal(trainableParameters(model), 278_132);
    release(model);
  });

  it('halves height and width at the second and the third stage, and doubles the channels', () => {
    const model = resnet({ depth: 8, width: 4, classes: 7 });
    const shapeOf = (name: string) => model.getLayer(name).outputShape;
    assert.deepEqual(shapeOf('conv'), [null, 32, 32, 4]);
    assert.deepEqual(shapeOf('stage1/block1/add'), [null, 32, 32, 4]);
    assert.deepEqual(shapeOf('stage2/block1/add'), [null, 16, 16, 8]);
    assert.deepEqual(shapeOf('stage3/block1/add'), [null, 8, 8, 16]);
    assert.deepEqual(shapeOf('pool'), [null, 16]);
    assert.deepEqual(model.outputShape, [null, 7]);
    release(model);
  });

  it('names its layers after their places', () => {
    const model = resnet({ depth: 8 });
    assert.equal(model.name, 'resnet8');
    const expected = [
      'input',
      'conv',
      ...['stage1/block1', 'stage2/block1', 'stage3/block1'].flatMap((block) =>
        ['bn1', 'relu1', 'conv1', 'bn2', 'relu2', 'conv2', 'add'].map((name) => `${block}/${name}`),
      ),
      ...['stage2/block1', 'stage3/block1'].flatMap((block) => [`${block}/conv1/pad`, `${block}/shortcut`]),
      ...['bn', 'relu', 'pool', 'dense'],
    ];
    assert.deepEqual(model.layers.map(({ name }) => name).sort(), expected.sort());
    release(model);
  });

  it('gives every layer and every weight of depth 110 a name of its own', () => {
    const model = resnet({ depth: 110, width: 1, inputShape: [8, 8, 1] });
    for (const names of [
      model.layers.map(({ name }) => name),
      model.weights.map(({ originalName }) => originalName),
    ]) {
      assert.equal(new Set(names).size, names.length);
    }
    // The first convolution, 54 blocks of two, two shortcuts.
    assert.equal(model.layers.filter((layer) => layer.getClassName() === 'Conv2D').length, 1 + 108 + 2);
    assert.ok(model.weights.some(({ originalName }) => originalName === 'stage3/block18/conv2/kernel'));
    release(model);
  });

  it('computes what plain loops over the definition compute, odd sizes and strides included', () => {
    const model = resnet({ ...tiny, seed: 3 });
    stirBatchNorms(model);
    const image = testImage([7, 10, 3], 11);
    const layer = (name: string) => model.getLayer(name);

    let plane: Plane = { height: 7, width: 10, channels: 3, values: Array.from(image.dataSync()) };
    plane = convolve(plane, layer('conv'), 1);
    for (const stage of [1, 2, 3]) {
      for (const block of [1, 2]) {
        const name = `stage${stage}/block${block}`;
        const strides = stage > 1 && block === 1 ? 2 : 1;
        const activated = normalizeAndRectify(plane, layer(`${name}/bn1`));
        const opened = strides === 1 ? activated : convolve(activated, layer(`${name}/shortcut`), strides);
        const inner = convolve(activated, layer(`${name}/conv1`), strides);
        const residual = convolve(
          normalizeAndRectify(inner, layer(`${name}/bn2`)),
          layer(`${name}/conv2`),
          1,
        );
        plane = sum(residual, block === 1 ? opened : plane);
      }
    }
    const expected = classify(normalizeAndRectify(plane, layer('bn')), layer('dense'));

    const logits = Array.from(tf.tidy(() => (model.predict(image) as tf.Tensor).dataSync()));
    assertClose(logits, expected, 1e-5);
    // A constant would pass as well if the logits were all alike.
    assert.ok(Math.max(...logits) - Math.min(...logits) > 0.01);
    image.dispose();
    release(model);
  });

  it('lets the loss reach every trainable weight', () => {
    const model = resnet(tiny);
    const image = testImage([7, 10, 3], 5);
    assert.deepEqual(weightsWithoutGradient(model, image, 5), []);
    image.dispose();
    release(model);
  });

  it('starts from the same weights with the same seed, and from others with another', () => {
    const weightsOf = (seed?: number) => {
      const model = resnet(seed === undefined ? tiny : { ...tiny, seed });
      const values = weightValues(model);
      release(model);
      return values;
    };
    assert.deepEqual(weightsOf(7), weightsOf(7));
    assert.deepEqual(weightsOf(), weightsOf(0));
    assert.notDeepEqual(weightsOf(7)[0], weightsOf(8)[0]);
  });

  it('starts layers of one shape from different weights', () => {
    const model = resnet(tiny);
    const kernelOf = (name: string) => Array.from(model.getLayer(name).getWeights()[0]!.dataSync());
    assert.notDeepEqual(kernelOf('stage1/block1/conv1'), kernelOf('stage1/block1/conv2'));
    release(model);
  });

  it('draws its convolutions from the whole normal of variance 2 / fan-out', () => {
    const model = resnet({ depth: 8, width: 16, seed: 1 });
    const values = Array.from(model.getLayer('stage3/block1/conv2').getWeights()[0]!.dataSync());
    // 3 * 3 * 64 * 64 = 36,864 values with fan-out 3 * 3 * 64 = 576, so a standard deviation of sqrt(2 / 576) = 0.058926.
    const sigma = 0.058926;
    const deviation = Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);
    // The standard error of a standard deviation is sigma / sqrt(2 n), 0.4 % of sigma.
    assertClose([deviation], [sigma], 0.02 * sigma);
    // 4.55 % of a normal lies beyond two sigmas (standard error 0.11 %); nothing of a truncated one does.
    const beyond = values.filter((value) => Math.abs(value) > 2 * sigma).length / values.length;
    assertClose([beyond], [0.0455], 0.005);
    release(model);
  });

  it('has epsilon 1e-5 and momentum 0.9 in every batch norm, and a bias in the dense layer alone', () => {
    const model = resnet({ depth: 8 });
    for (const layer of model.layers) {
      if (layer.getClassName() === 'BatchNormalization') {
        const { epsilon, momentum } = layer.getConfig();
        assert.deepEqual({ epsilon, momentum }, { epsilon: 1e-5, momentum: 0.9 });
      }
    }
    const biases = model.weights
      .map(({ originalName }) => originalName)
      .filter((name) => name.endsWith('bias'));
    assert.deepEqual(biases, ['dense/bias']);
    release(model);
  });

  it('loads in plain TensorFlow.js from what save writes', async () => {
    const model = resnet({ ...tiny, seed: 2 });
    stirBatchNorms(model);
    let artifacts: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((saved) => {
        artifacts = saved;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts!));
    assert.deepEqual(weightValues(loaded), weightValues(model));
    assert.deepEqual(
      loaded.layers.map(({ name }) => name),
      model.layers.map(({ name }) => name),
    );
    loaded.dispose();
    release(model);
  });

  for (const depth of [2, 18, 21, 20.5, -4, Number.NaN]) {
    it(`refuses depth ${depth}`, () => {
      assert.throws(() => resnet({ depth }), {
        name: 'UsageError',
        message: `a resnet of depth ${depth} cannot be built; depth takes 6n + 2: 8, 14, 20, 26, 32, 44, 56, 110, …`,
      });
    });
  }

  it('refuses sizes that are not positive integers, and a seed that is not an integer', () => {
    assert.throws(() => resnet({ depth: 8, width: 0 }), {
      name: 'UsageError',
      message: 'width is 0; it takes a positive integer',
    });
    assert.throws(() => resnet({ depth: 8, classes: 2.5 }), {
      name: 'UsageError',
      message: 'classes is 2.5; it takes a positive integer',
    });
    assert.throws(() => resnet({ depth: 8, inputShape: [32, -1, 3] }), {
      name: 'UsageError',
      message: 'inputShape is [32, -1, 3]; it takes [height, width, channels], each a positive integer',
    });
    assert.throws(() => resnet({ depth: 8, seed: 0.5 }), {
      name: 'UsageError',
      message: 'seed is 0.5; it takes an integer',
    });
  });
});
