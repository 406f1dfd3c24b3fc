import type * as tf from '@tensorflow/tfjs';
import { fusedKernelName, type FusedKernels } from '../fused-kernels.js';
import { boolAttribute, execute, floatAttribute, intAttribute, type OpAttribute } from './execute.js';

type Inputs = Readonly<Record<string, tf.TensorInfo | readonly tf.TensorInfo[]>>;
type Attributes = Readonly<Record<string, number | boolean | readonly number[]>>;

/** Number of outputs; `lists` of as many tensors as each list of inputs has. */
type Outputs = number | { readonly lists: number };

/** What each op of `native/*.cc` takes, in its order, and gives. */
const ops: Readonly<Partial<Record<keyof FusedKernels, { inputs: readonly string[]; outputs: Outputs }>>> = {
  FakeQuantize: { inputs: ['value', 'learned'], outputs: 1 },
  FakeQuantizeGrad: { inputs: ['upstream', 'value', 'learned'], outputs: 2 },
  StandardizedFakeQuantize: { inputs: ['weight', 'learned'], outputs: 2 },
  StandardizedFakeQuantizeGrad: { inputs: ['upstream', 'weight', 'learned', 'statistics'], outputs: 2 },
  BatchNorm: { inputs: ['x', 'scale', 'offset'], outputs: 3 },
  BatchNormGrad: { inputs: ['upstream', 'x', 'scale', 'offset', 'mean', 'variance'], outputs: 3 },
  AllFinite: { inputs: ['tensors'], outputs: 1 },
  GlobalNorm: { inputs: ['tensors'], outputs: 1 },
  Blend: { inputs: ['healthy', 'tensors', 'others'], outputs: { lists: 1 } },
  Sgd: { inputs: ['settings', 'healthy', 'parameters', 'gradients', 'velocities'], outputs: { lists: 2 } },
  Adam: {
    inputs: ['settings', 'healthy', 'parameters', 'gradients', 'firstMoments', 'secondMoments'],
    outputs: { lists: 3 },
  },
};

/** Kernels that are ops of this package's own, in the compiled library: see `native/`. */
export const customKernels: readonly tf.KernelConfig[] = Object.entries(ops).map(
  ([name, { inputs, outputs }]) => {
    const kernelName = fusedKernelName(name as keyof FusedKernels);
    return {
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: (call) => {
        const given = inputs.map((input) => (call.inputs as unknown as Inputs)[input]!);
        const length = given.find((input): input is readonly tf.TensorInfo[] => Array.isArray(input))?.length;
        const attributes = Object.entries((call.attrs ?? {}) as Attributes).map(attributeOf);
        if (length !== undefined) attributes.push(intAttribute('N', length));
        return execute(
          kernelName,
          attributes,
          given.flat(),
          typeof outputs === 'number' ? outputs : outputs.lists * length!,
        );
      },
    };
  },
);

function attributeOf([name, value]: [string, Attributes[string]]): OpAttribute {
  return typeof value === 'boolean' ? boolAttribute(name, value) : floatAttribute(name, value);
}
