import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type StoredTensor, UsageError } from '@flatbit/core';
import { createModel, importPyTorchWeights } from '@flatbit/models';
import { openSafetensors, writeSafetensors } from '@flatbit/safetensors';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { assertClose, macsByLayer, total, trainableParameters, weightValues } from './model-facts.js';

/** What PyTorch says of networks that are written from the same descriptions: see `reference/make_reference.py`. */
interface Reference {
  readonly small: Readonly<
    Record<
      string,
      {
        readonly width: number;
        readonly inputShape: readonly [number, number, number];
        /** Of the image sin(0), sin(1), …; summed in double precision. */
        readonly logits: readonly number[];
      }
    >
  >;
  readonly full: Readonly<Record<string, { readonly parameters: number; readonly macs: number }>>;
}

const folder = new URL('../test/reference/', import.meta.url);
const { small, full } = JSON.parse(readFileSync(new URL('networks.json', folder), 'utf8')) as Reference;
const stateDict = (name: string) => readFileSync(new URL(`${name}.safetensors`, folder));

function smallModel(name: string): tf.LayersModel {
  const { width, inputShape } = small[name]!;
  return createModel(name, { width, inputShape, classes: 5 });
}

function logitsOf(model: tf.LayersModel): number[] {
  return tf.tidy(() => {
    const [, height, width, channels] = model.inputs[0]!.shape as number[];
    const values = Float32Array.from({ length: height! * width! * channels! }, (_, index) => Math.sin(index));
    const image = tf.tensor4d(values, [1, height!, width!, channels!]);
    return Array.from((model.predict(image) as tf.Tensor).dataSync());
  });
}

describe('importPyTorchWeights', () => {
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

  for (const [name, { logits }] of Object.entries(small)) {
    it(`makes ${name} compute what it computes in PyTorch`, () => {
      const model = smallModel(name);
      importPyTorchWeights(model, stateDict(name));
      const largest = Math.max(...logits.map(Math.abs));
      assertClose(logitsOf(model), logits, 1e-5 * largest);
      release(model);
    });
  }

  for (const [name, { parameters, macs }] of Object.entries(full)) {
    it(`finds ${parameters} parameters and ${macs} multiply-accumulates in ${name}, as PyTorch does`, () => {
      const model = createModel(name);
      assert.equal(trainableParameters(model), parameters);
      assert.equal(total(macsByLayer(model)), macs);
      release(model);
    });
  }

  it('is held against networks that have the parameters which torchvision publishes', () => {
    assert.deepEqual(
      ['resnet18', 'resnet34', 'resnet50', 'mobilenetv2'].map((name) => full[name]!.parameters),
      [11_689_512, 21_797_672, 25_557_032, 3_504_872],
    );
  });

  describe('from a file of one’s own', () => {
    const float = (shape: number[], ...values: number[]): StoredTensor => ({
      dtype: 'float32',
      shape,
      data: Float32Array.from(values),
    });
    const fileOf = (tensors: Readonly<Record<string, StoredTensor>>) =>
      new Uint8Array(Buffer.concat(writeSafetensors(new Map(Object.entries(tensors)))));

    /** A depthwise convolution of 1 × 2 with two filters for each of two channels, and a dense layer. */
    function ownModel(): tf.LayersModel {
      return tf.sequential({
        name: 'own',
        layers: [
          tf.layers.depthwiseConv2d({
            name: 'stem/depthwise',
            inputShape: [1, 2, 2],
            kernelSize: [1, 2],
            depthMultiplier: 2,
          }),
          tf.layers.flatten({ name: 'flatten' }),
          tf.layers.dense({ name: 'dense', units: 1 }),
        ],
      });
    }
    const own = {
      // Filters of channel 0: (1, 2), (3, 4); of channel 1: (5, 6), (7, 8).
      'stem.depthwise.weight': float([4, 1, 1, 2], 1, 2, 3, 4, 5, 6, 7, 8),
      'stem.depthwise.bias': float([4], 0.5, 0, 0, 0),
      'dense.weight': float([1, 4], 1, 10, 100, 1000),
      'dense.bias': float([1], -1),
    };
    const image = () => tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]);
    /** Channel 0 is (1, 3), channel 1 (2, 4): 1 + 6 + 0.5, 3 + 12, 10 + 24, 14 + 32; times 1, 10, 100, 1000; less 1. */
    const expected = 7.5 + 150 + 3_400 + 46_000 - 1;

    function outputOf(model: tf.LayersModel): number {
      return tf.tidy(() => (model.predict(image()) as tf.Tensor).dataSync()[0]!);
    }

    it('takes dots for slashes, several filters per channel, and biases', () => {
      const model = ownModel();
      importPyTorchWeights(model, fileOf(own));
      assert.equal(outputOf(model), expected);
      release(model);
    });

    it('leaves out the prefix of a parallel model, and the counters of batches', () => {
      const model = ownModel();
      const parallel = Object.fromEntries(Object.entries(own).map(([name, t]) => [`module.${name}`, t]));
      importPyTorchWeights(
        model,
        fileOf({
          ...parallel,
          'module.bn.num_batches_tracked': { ...float([]), dtype: 'int32', data: Int32Array.of(3) },
        }),
      );
      assert.equal(outputOf(model), expected);
      release(model);
    });

    it('takes other names', () => {
      const model = ownModel();
      const renamed = Object.fromEntries(
        Object.entries(own).map(([name, t]) => [name.replace('stem.depthwise', 'features.0'), t]),
      );
      importPyTorchWeights(model, fileOf(renamed), {
        names: (layer) => (layer === 'dense' ? 'dense' : 'features.0'),
      });
      assert.equal(outputOf(model), expected);
      release(model);
    });

    it('lists everything that does not fit in one error, and assigns nothing', () => {
      const model = ownModel();
      const before = weightValues(model);
      const { 'dense.bias': _, ...rest } = own;
      const file = fileOf({
        ...rest,
        'stem.depthwise.weight': float([2, 1, 1, 4], 1, 2, 3, 4, 5, 6, 7, 8),
        'stem.depthwise.bias': { dtype: 'int32', shape: [4], data: Int32Array.of(1, 2, 3, 4) },
        'fc.weight': float([1], 1),
      });
      assert.throws(
        () => {
          importPyTorchWeights(model, file);
        },
        {
          name: 'UsageError',
          message:
            'the file holds weights of another model than own: ' +
            'stem.depthwise.weight is F32[2,1,1,4], not F32[4,1,1,2]; stem.depthwise.bias is I32[4], not F32[4]; ' +
            'dense.bias is missing; fc.weight is not in this model',
        },
      );
      assert.deepEqual(weightValues(model), before);
      release(model);
    });

    it('names half-precision weights as what they are', () => {
      const model = ownModel();
      const halves = Buffer.from(fileOf(own))
        .toString('latin1')
        .replace('"F32","shape":[1]', '"F16","shape":[2]');
      assert.throws(
        () => {
          importPyTorchWeights(model, Buffer.from(halves, 'latin1'));
        },
        {
          name: 'UsageError',
          message: 'the file holds weights of another model than own: dense.bias is F16[2], not F32[1]',
        },
      );
      release(model);
    });

    it('refuses a layer that it cannot map, and a file that is none', () => {
      const recurrent = tf.sequential({
        layers: [tf.layers.lstm({ name: 'lstm', units: 1, inputShape: [2, 1] })],
      });
      assert.throws(
        () => {
          importPyTorchWeights(recurrent, fileOf({}));
        },
        {
          name: 'UsageError',
          message: 'layer "lstm" (LSTM) cannot be imported from PyTorch',
        },
      );
      release(recurrent);
      const model = ownModel();
      assert.throws(() => {
        importPyTorchWeights(model, Buffer.from('PK\u0003\u0004 a pickle'));
      }, UsageError);
      release(model);
    });
  });

  it('tells networks of one name apart by what they hold', () => {
    const model = createModel('resnet18', { width: 2, inputShape: [37, 46, 3], classes: 5 });
    assert.throws(
      () => {
        importPyTorchWeights(model, stateDict('resnet14'));
      },
      {
        name: 'UsageError',
        message:
          /^the file holds weights of another model than resnet18: conv1\.weight is missing; bn1\.weight is missing; .*; conv\.weight is not in this model/,
      },
    );
    release(model);
  });

  it('takes every weight of a state dict', () => {
    const { entries } = openSafetensors(stateDict('mobilenetv2'));
    const model = smallModel('mobilenetv2');
    // Three of four in a batch norm have a counter beside them.
    const counters = entries.filter(({ name }) => name.endsWith('num_batches_tracked'));
    assert.ok(counters.every(({ dtype }) => dtype === 'I64'));
    assert.equal(entries.length - counters.length, model.weights.length);
    release(model);
  });
});
