import assert from 'node:assert/strict';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { createModel, modelNames } from '@flatbit/models';

const tiny = { width: 1, inputShape: [8, 8, 1], classes: 2 } as const;

describe('createModel', () => {
  before(() => tf.setBackend(testEngine));

  for (const name of [...modelNames, 'resnet8']) {
    it(`builds ${name} under that name, with the options`, () => {
      const model = createModel(name, tiny);
      assert.equal(model.name, name);
      assert.deepEqual(model.inputs[0]!.shape, [null, 8, 8, 1]);
      assert.deepEqual(model.outputShape, [null, 2]);
      model.dispose();
    });
  }

  it('names what it takes, and the nearest name, when it does not know one', () => {
    const takes =
      'take one of resnet20, resnet32, resnet44, resnet56, resnet110, mobilenetv2-cifar, resnet18, resnet34, resnet50, ' +
      'mobilenetv2, small-cnn, or resnetN with N = 6n + 2';
    assert.throws(() => createModel('resnt20'), {
      name: 'UsageError',
      message: `unknown model "resnt20" (did you mean "resnet20"?); ${takes}`,
    });
    assert.throws(() => createModel('Small_CNN'), {
      name: 'UsageError',
      message: `unknown model "Small_CNN" (did you mean "small-cnn"?); ${takes}`,
    });
    assert.throws(() => createModel('vgg'), { name: 'UsageError', message: `unknown model "vgg"; ${takes}` });
  });

  it('takes a name that every object has for an unknown one', () => {
    assert.throws(() => createModel('constructor'), {
      message: /^unknown model "constructor"; take one of /,
    });
  });

  it('builds the network for ImageNet where both families have a depth', () => {
    const model = createModel('resnet50', tiny);
    assert.ok(model.layers.some(({ name }) => name === 'maxpool'));
    model.dispose();
  });

  it('says what a depth takes', () => {
    assert.throws(() => createModel('resnet21'), {
      name: 'UsageError',
      message: /^a resnet of depth 21 cannot be built; depth takes 6n \+ 2/,
    });
  });
});
