import assert from 'node:assert/strict';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { imagenetResnet } from '@flatbit/models';
import { macsByLayer, stirBatchNorms, testImage, weightsWithoutGradient } from './model-facts.js';

describe('imagenetResnet', () => {
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

  // The first convolution, the blocks', the shortcuts, the dense layer.
  for (const [depth, layers] of [
    [18, 1 + 16 + 3 + 1],
    [34, 1 + 32 + 3 + 1],
    [50, 1 + 48 + 4 + 1],
  ] as const) {
    it(`of depth ${depth} has ${layers} layers that multiply`, () => {
      const model = imagenetResnet({ depth, width: 1 });
      const macs = macsByLayer(model);
      assert.equal(macs.size, layers);
      assert.equal(macs.get('conv'), 112 * 112 * 49 * 3);
      assert.equal(macs.get('stage4/block1/shortcut'), 7 * 7 * (depth === 50 ? 16 * 32 : 4 * 8));
      assert.deepEqual(model.outputShape, [null, 1000]);
      release(model);
    });
  }

  it('pools to a quarter, and halves at the second, third and fourth stage', () => {
    const model = imagenetResnet({ depth: 50, width: 2, inputShape: [64, 96, 3] });
    const shapeOf = (name: string) => model.getLayer(name).outputShape;
    assert.deepEqual(shapeOf('conv'), [null, 32, 48, 2]);
    assert.deepEqual(shapeOf('maxpool'), [null, 16, 24, 2]);
    assert.deepEqual(shapeOf('stage1/block1/add'), [null, 16, 24, 8]);
    assert.deepEqual(shapeOf('stage2/block1/conv1'), [null, 16, 24, 4]);
    assert.deepEqual(shapeOf('stage2/block1/conv2'), [null, 8, 12, 4]);
    assert.deepEqual(shapeOf('stage4/block3/relu'), [null, 2, 3, 64]);
    release(model);
  });

  it('lets the loss reach every trainable weight', () => {
    for (const depth of [18, 50]) {
      const model = imagenetResnet({ depth, width: 4, inputShape: [64, 64, 3], classes: 3 });
      stirBatchNorms(model);
      const image = testImage([64, 64, 3], 5);
      assert.deepEqual(weightsWithoutGradient(model, image, 3), []);
      image.dispose();
      release(model);
    }
  });

  it('pools over a border of zeros as over one of minus infinity', () => {
    const model = imagenetResnet({ depth: 18, width: 2, inputShape: [14, 18, 3] });
    stirBatchNorms(model);
    const image = testImage([14, 18, 3], 4);
    tf.tidy(() => {
      const tap = (name: string) =>
        tf
          .model({ inputs: model.inputs, outputs: model.getLayer(name).output as tf.SymbolicTensor })
          .predict(image) as tf.Tensor4D;
      const [rectified, pooled] = [tap('relu'), tap('maxpool')];
      const [, height, width, channels] = rectified.shape;
      const at = rectified.arraySync()[0]!;
      for (let row = 0; row < pooled.shape[1]; row++) {
        for (let column = 0; column < pooled.shape[2]; column++) {
          for (let channel = 0; channel < channels; channel++) {
            let largest = -Infinity;
            for (let y = 2 * row - 1; y <= 2 * row + 1; y++) {
              for (let x = 2 * column - 1; x <= 2 * column + 1; x++) {
                if (y >= 0 && y < height && x >= 0 && x < width)
                  largest = Math.max(largest, at[y]![x]![channel]!);
              }
            }
            assert.equal(pooled.arraySync()[0]![row]![column]![channel], largest);
          }
        }
      }
    });
    image.dispose();
    release(model);
  });

  for (const depth of [20, 101, Number.NaN]) {
    it(`refuses depth ${depth}`, () => {
      assert.throws(() => imagenetResnet({ depth }), {
        name: 'UsageError',
        message: `an ImageNet resnet of depth ${depth} cannot be built; depth takes 18, 34, 50`,
      });
    });
  }
});
