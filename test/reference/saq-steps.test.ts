import { createTraining, OperandStage, readStep, softmaxCrossEntropy, trainStep } from '@flatbit/core';
import type { TrainingPlugin, VariableRegistry } from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { paperLiqQuantizer } from '@flatbit/quantizers';
import { expectClose, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';

interface Stored {
  readonly shape: readonly number[];
  readonly v: readonly number[];
}
interface GoldenStep {
  readonly loss: number;
  readonly grad_norm: number;
  readonly fc_clip_after_init: { readonly w: number; readonly a: number };
  readonly grad_qweight: Readonly<Record<string, readonly number[]>>;
  readonly eps: Readonly<Record<string, readonly number[]>>;
  readonly perturbed: Readonly<Record<string, readonly number[]>>;
  readonly loss_perturbed: number;
  readonly grad_second: Readonly<Record<string, readonly number[] | null>>;
  readonly after: Readonly<Record<string, readonly number[]>>;
}
interface GoldenToy {
  readonly x: readonly number[];
  readonly x_shape: [number, number, number, number];
  readonly y: readonly number[];
  readonly init: Readonly<Record<string, Stored>>;
  readonly steps: readonly GoldenStep[];
}

// `golden.json` holds what the published PyTorch implementation computed; its README's rule: |a − b| ≤ r·|b| + r·max|b|.
const VALUE = { relative: 1e-5 };
const GRADIENT = { relative: 1e-4 };

const source = new URL('../../reference/golden.json', import.meta.url);
const golden = (JSON.parse(readFileSync(source, 'utf8')) as { qsam_toy: GoldenToy }).qsam_toy;

/** PyTorch's name of each of our variables. */
const names: Readonly<Record<string, string>> = {
  'conv/kernel': 'conv.weight',
  'conv/kernel/clipValue': 'conv.weight_clip_value',
  'bn1/gamma': 'bn1.weight',
  'bn1/beta': 'bn1.bias',
  'bn1/movingMean': 'bn1.running_mean',
  'bn1/movingVariance': 'bn1.running_var',
  'conv2/kernel': 'conv2.weight',
  'conv2/kernel/clipValue': 'conv2.weight_clip_value',
  'conv2/input:0/clipValue': 'conv2.activation_clip_value',
  'bn2/gamma': 'bn2.weight',
  'bn2/beta': 'bn2.bias',
  'bn2/movingMean': 'bn2.running_mean',
  'bn2/movingVariance': 'bn2.running_var',
  'fc/kernel': 'fc.weight',
  'fc/bias': 'fc.bias',
  'fc/kernel/clipValue': 'fc.weight_clip_value',
  'fc/input:0/clipValue': 'fc.activation_clip_value',
};
/** What PyTorch has and we do not: a clip value of an operand at 32 bits, which is never used, and a counter. */
const unused = ['conv.activation_clip_value', 'bn1.num_batches_tracked', 'bn2.num_batches_tracked'];

/** Puts a PyTorch tensor into our layout: [out, in, h, w] → [h, w, in, out], [out, in] → [in, out]. */
function ours(name: string, values: readonly number[]): tf.Tensor {
  const shape = [...golden.init[name]!.shape];
  const tensor = tf.tensor([...values], shape);
  if (shape.length === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
  if (shape.length === 2) return tf.transpose(tensor, [1, 0]);
  return tensor;
}

function toyNetwork(): tf.LayersModel {
  const { layers } = tf;
  const conv = (name: string, filters: number) =>
    layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', useBias: false });
  const norm = (name: string) => layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9 });
  const input = tf.input({ shape: [5, 5, 2] });
  let x = conv('conv', 3).apply(input) as tf.SymbolicTensor;
  x = layers.reLU().apply(norm('bn1').apply(x)) as tf.SymbolicTensor;
  x = conv('conv2', 4).apply(x) as tf.SymbolicTensor;
  x = layers.reLU().apply(norm('bn2').apply(x)) as tf.SymbolicTensor;
  x = layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor;
  return tf.model({
    inputs: input,
    outputs: layers.dense({ name: 'fc', units: 3 }).apply(x) as tf.SymbolicTensor,
  });
}

/** What the passes of one step looked like from inside. */
class Recorder implements TrainingPlugin {
  readonly name = 'recorder';
  readonly clean = new Map<string, Float32Array>();
  readonly second = new Map<string, Float32Array>();
  readonly duringPerturbed = new Map<string, Float32Array>();
  denseInput: readonly number[] = [];
  #variables!: VariableRegistry;

  apply(hooks: Parameters<TrainingPlugin['apply']>[0]): void {
    const copy = (from: tf.NamedTensorMap, to: Map<string, Float32Array>) => {
      for (const [key, tensor] of Object.entries(from)) to.set(key, tensor.dataSync<'float32'>().slice());
    };
    hooks.prepare.tap(this.name, (_, variables) => void (this.#variables = variables));
    hooks.perturb.intercept({ call: (gradients) => copy(gradients, this.clean) });
    hooks.afterBackward.tap(this.name, (gradients) => {
      copy(gradients, this.second);
      return gradients;
    });
    hooks.operand.tap({ name: this.name, stage: OperandStage.latent }, (value, { key }, { phase }) => {
      if (key === 'fc/input:0' && phase === 'clean') this.denseInput = [...value.dataSync()];
      return value;
    });
    hooks.operand.tap({ name: this.name, stage: OperandStage.observe }, (value, _, { phase }) => {
      if (phase === 'perturbed' && this.duringPerturbed.size === 0) {
        const all = Object.fromEntries(this.#variables.all().map(({ key, variable }) => [key, variable]));
        copy(all, this.duringPerturbed);
      }
      return value;
    });
  }

  forget(): void {
    for (const map of [this.clean, this.second, this.duringPerturbed]) map.clear();
  }
}

describe('two SAQ steps of the published implementation', () => {
  const recorder = new Recorder();
  const network = {
    reported: [] as Awaited<ReturnType<typeof readStep>>[],
    after: [] as Map<string, Float32Array>[],
  };
  const seen: Pick<Recorder, 'clean' | 'second' | 'duringPerturbed' | 'denseInput'>[] = [];

  before(async () => {
    await tf.setBackend(testEngine);
    const model = toyNetwork();
    const training = createTraining({
      model: quantizable(model, { statistics: 'both' }),
      loss: softmaxCrossEntropy,
      optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
      plugins: [
        quantizePlugin({ quantizer: paperLiqQuantizer(), bits: paperPolicy(4), signed: false }),
        samPlugin({ rho: 0.4 }),
        recorder,
      ],
    });
    for (const { key, variable } of training.variables.saved()) {
      variable.assign(ours(names[key]!, golden.init[names[key]!]!.v).reshape(variable.shape));
    }
    // The published dense layer starts its clips inside the first training pass; what it found is given.
    const { w, a } = golden.steps[0]!.fc_clip_after_init;
    training.variables.get('fc/kernel/clipValue')!.variable.assign(tf.scalar(w));
    training.variables.get('fc/input:0/clipValue')!.variable.assign(tf.scalar(a));
    const images = tf.transpose(tf.tensor4d([...golden.x], golden.x_shape), [0, 2, 3, 1]);
    const batch = { inputs: [images], targets: [tf.tensor1d([...golden.y], 'int32')], size: 4 };
    while (network.after.length < golden.steps.length) {
      recorder.forget();
      network.reported.push(await readStep(trainStep(training, batch)));
      seen.push({
        clean: new Map(recorder.clean),
        second: new Map(recorder.second),
        duringPerturbed: new Map(recorder.duringPerturbed),
        denseInput: recorder.denseInput,
      });
      const after = training.variables
        .saved()
        .map(({ key, variable }) => [key, variable.dataSync<'float32'>().slice()] as const);
      network.after.push(new Map(after));
    }
    training.dispose();
  });

  it('has a variable for every one of theirs', () => {
    expect([...Object.values(names), ...unused].sort()).to.deep.equal(Object.keys(golden.init).sort());
    expect([...network.after[0]!.keys()].sort()).to.deep.equal(Object.keys(names).sort());
  });

  it('would start the dense clips where they do: at 0.8 of the largest weight and activation', () => {
    const { w, a } = golden.steps[0]!.fc_clip_after_init;
    expectClose(0.8 * Math.max(...golden.init['fc.weight']!.v.map(Math.abs)), w, VALUE);
    expectClose(0.8 * Math.max(...seen[0]!.denseInput.map(Math.abs)), a, VALUE);
  });

  it('finds the clips that they had before the second step', () => {
    const { w, a } = golden.steps[1]!.fc_clip_after_init;
    expectClose(network.after[0]!.get('fc/kernel/clipValue')!, [w], VALUE);
    expectClose(network.after[0]!.get('fc/input:0/clipValue')!, [a], VALUE);
  });

  golden.steps.forEach((step, index) => {
    describe(`step ${index + 1}`, () => {
      it('meets the same loss, clean and perturbed', () => {
        const { loss, sharpness } = network.reported[index]!;
        expectClose(loss, step.loss, VALUE);
        expectClose(loss + sharpness!, step.loss_perturbed, VALUE);
      });

      it('takes the same gradient at the quantized weights', () => {
        for (const [layer, values] of Object.entries(step.grad_qweight)) {
          expectClose(
            seen[index]!.clean.get(`${layer}/kernel/perturbation`)!,
            ours(`${layer}.weight`, values),
            GRADIENT,
          );
        }
      });

      it('moves by the same ε', () => {
        for (const [layer, values] of Object.entries(step.eps)) {
          const moved = seen[index]!.duringPerturbed.get(`${layer}/kernel/perturbation`)!;
          expectClose(moved, ours(`${layer}.weight`, values), GRADIENT);
        }
      });

      it('has the same norm over everything that moves', () => {
        // ε = 0.4·g/‖g‖, so ‖g‖ = 0.4·|g|/|ε| at any element.
        const g = seen[index]!.clean.get('conv2/kernel/perturbation')!;
        const e = seen[index]!.duringPerturbed.get('conv2/kernel/perturbation')!;
        const largest = g.reduce((best, value, i) => (Math.abs(value) > Math.abs(g[best]!) ? i : best), 0);
        expectClose((0.4 * g[largest]!) / e[largest]!, step.grad_norm, GRADIENT);
      });

      it('moves the same parameters in place', () => {
        for (const [key, name] of Object.entries(names)) {
          const values = step.perturbed[name];
          if (values) expectClose(seen[index]!.duringPerturbed.get(key)!, values, VALUE);
        }
        expect(step.perturbed['conv.activation_clip_value']).to.deep.equal(
          golden.init['conv.activation_clip_value']!.v,
        );
      });

      it('takes the same second gradient', () => {
        for (const [name, values] of Object.entries(step.grad_second)) {
          const key = Object.keys(names).find((ourName) => names[ourName] === name);
          if (values === null) expect(key, name).to.equal(undefined);
          else expectClose(seen[index]!.second.get(key!)!, ours(name, values), GRADIENT);
        }
      });

      it('ends at the same weights, clips and statistics', () => {
        for (const [key, name] of Object.entries(names)) {
          expectClose(network.after[index]!.get(key)!, ours(name, step.after[name]!), VALUE);
        }
      });

      it('leaves what it does not use alone', () => {
        expect(step.after['conv.activation_clip_value']).to.deep.equal(
          golden.init['conv.activation_clip_value']!.v,
        );
        // Theirs counts passes: both of each step.
        expect(step.after['bn1.num_batches_tracked']).to.deep.equal([2 * (index + 1)]);
      });
    });
  });
});
