import { bitsFromList, bitsOfLayers, quantizable } from '@flatbit/layers';
import { createModel } from '@flatbit/models';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

/** Searchable layers of the paper's networks. */
const searchable = {
  resnet20: 18,
  resnet56: 54,
  resnet18: 16,
  resnet34: 32,
  resnet50: 48,
  mobilenetv2: 51,
  'mobilenetv2-cifar': 52,
};

describe('a list of bits', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  for (const [name, length] of Object.entries(searchable)) {
    it(`has ${length} numbers for ${name}, in the order of the network; shortcuts copy`, () => {
      const network = createModel(name, { width: 4, inputShape: [32, 32, 3], classes: 2 });
      const model = quantizable(network);
      const list = Array.from({ length }, (_, index) => 2 + (index % 7));
      const bits = bitsFromList(list);
      bits.check?.(model.operands);
      const layers = Object.entries(bitsOfLayers(model.operands, bits));
      const inner = layers.slice(1, -1).filter(([layer]) => !layer.endsWith('/shortcut'));
      expect(inner.map(([, { weights }]) => weights)).to.deep.equal(list);
      expect(inner.map(([layer]) => layer)).to.deep.equal(
        // Stages, blocks and layers count upwards.
        inner.map(([layer]) => layer).sort(byPlace),
      );
      const own = new Map(layers);
      for (const [layer, found] of layers.filter(([path]) => path.endsWith('/shortcut'))) {
        const last = ['project', 'conv3', 'conv2'].map((part) => layer.replace('shortcut', part));
        expect(found, layer).to.deep.equal(own.get(last.find((path) => own.has(path))!));
      }
      model.dispose();
      network.dispose();
    });
  }
});

const places = ['expand', 'conv1', 'depthwise', 'conv2', 'conv3', 'project', 'head'];

function byPlace(a: string, b: string): number {
  const key = (layer: string) => {
    const [, stage = 9, block = 9] = /stage(\d+)\/block(\d+)/.exec(layer) ?? [];
    return Number(stage) * 10_000 + Number(block) * 100 + places.indexOf(layer.split('/').at(-1)!);
  };
  return key(a) - key(b);
}
