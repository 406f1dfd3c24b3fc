import assert from 'node:assert/strict';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { smallCnn } from '@flatbit/models';
import {
  assertClose,
  macsByLayer,
  stirBatchNorms,
  testImage,
  total,
  weightsWithoutGradient,
  weightValues,
} from './model-facts.js';
import { classify, convolve, normalizeAndRectify, type Plane } from './plain-network.js';

const tiny = { width: 2, inputShape: [20, 18, 2], classes: 3 } as const;

describe('smallCnn', () => {
  let tensorsBefore: number;

  beforeEach(async () => {
    await tf.setBackend(testEngine);
    tensorsBefore = tf.memory().numTensors;
  });

  function release(model: tf.LayersModel): void {
    model.dispose();
    assert.equal(tf.memory().numTensors, tensorsBefore);
  }

  it('turns 28 x 28 digits into ten logits with 1,748,288 multiply-accumulates', () => {
    const model = smallCnn();
    assert.deepEqual(model.inputs[0]!.shape, [null, 28, 28, 1]);
    assert.deepEqual(model.outputShape, [null, 10]);
    const macs = macsByLayer(model);
    assert.deepEqual(Object.fromEntries(macs), {
      conv1: 14 * 14 * 9 * 1 * 16,
      conv2: 14 * 14 * 9 * 16 * 16,
      conv3: 7 * 7 * 9 * 16 * 32,
      conv4: 7 * 7 * 9 * 32 * 32,
      conv5: 4 * 4 * 9 * 32 * 64,
      conv6: 2 * 2 * 9 * 64 * 128,
      dense: 128 * 10,
    });
    assert.equal(total(macs), 1_748_288);
    release(model);
  });

  it('computes what plain loops over the definition compute', () => {
    const model = smallCnn({ ...tiny, seed: 4 });
    stirBatchNorms(model);
    const image = testImage([20, 18, 2], 21);
    let plane: Plane = { height: 20, width: 18, channels: 2, values: Array.from(image.dataSync()) };
    for (const [index, strides] of [2, 1, 2, 1, 2, 2].entries()) {
      const position = index + 1;
      plane = convolve(plane, model.getLayer(`conv${position}`), strides);
      plane = normalizeAndRectify(plane, model.getLayer(`bn${position}`));
    }
    const expected = classify(plane, model.getLayer('dense'));
    const logits = Array.from(tf.tidy(() => (model.predict(image) as tf.Tensor).dataSync()));
    assertClose(logits, expected, 1e-5);
    assert.ok(Math.max(...logits) - Math.min(...logits) > 0.01);
    image.dispose();
    release(model);
  });

  it('lets the loss reach every trainable weight', () => {
    const model = smallCnn(tiny);
    const image = testImage([20, 18, 2], 5);
    assert.deepEqual(weightsWithoutGradient(model, image, 3), []);
    image.dispose();
    release(model);
  });

  it('starts from the same weights with the same seed, and from others with another', () => {
    const weightsOf = (seed: number) => {
      const model = smallCnn({ ...tiny, seed });
      const values = weightValues(model);
      release(model);
      return values;
    };
    assert.deepEqual(weightsOf(7), weightsOf(7));
    assert.notDeepEqual(weightsOf(7), weightsOf(8));
  });

  it('starts its dense layer within 1 / sqrt(inputs), and its bias at zero', () => {
    const model = smallCnn({ width: 8 });
    const [kernel, bias] = model.getLayer('dense').getWeights();
    // 64 inputs: 1 / 8. The largest of 640 uniform values is above 0.95 of the bound but once in e^33.
    const largest = Math.max(...kernel!.dataSync().map(Math.abs));
    assert.ok(largest <= 0.125 && largest > 0.95 * 0.125);
    assert.deepEqual(Array.from(bias!.dataSync()), Array(10).fill(0));
    release(model);
  });

  it('refuses sizes that are not positive integers', () => {
    assert.throws(() => smallCnn({ classes: 0 }), {
      name: 'UsageError',
      message: 'classes is 0; it takes a positive integer',
    });
  });
});
