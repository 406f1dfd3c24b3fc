import * as tf from '@tensorflow/tfjs';
import { fusedKernelName, type FusedKernels } from '../fused-kernels.js';
import { boolAttribute, execute, floatAttribute, intAttribute, type OpAttribute } from './execute.js';

type Inputs = Readonly<Record<string, tf.TensorInfo | readonly tf.TensorInfo[]>>;
type Attributes = Readonly<Record<string, number | boolean | readonly number[]>>;

/** What an op takes, in its order, and how many tensors it gives: a number, or so many lists as long as those that it takes. */
interface OpSignature {
  readonly inputs: readonly string[];
  readonly outputs: number | { readonly lists: number };
}

/** The ops of `native/*.cc`, by the kernel that each of them is. */
const signatures: Readonly<Partial<Record<keyof FusedKernels, OpSignature>>> = {
  FakeQuantize: { inputs: ['value', 'learned'], outputs: 1 },
  FakeQuantizeGrad: { inputs: ['upstream', 'value', 'learned'], outputs: 2 },
  StandardizedFakeQuantize: { inputs: ['weight', 'learned'], outputs: 2 },
  StandardizedFakeQuantizeGrad: { inputs: ['upstream', 'weight', 'learned', 'statistics'], outputs: 2 },
  ActivatedBatchNorm: { inputs: ['x', 'scale', 'offset'], outputs: 3 },
  ActivatedBatchNormGrad: { inputs: ['upstream', 'x', 'scale', 'offset', 'mean', 'variance'], outputs: 3 },
  NormFakeQuantizeGrad: {
    inputs: ['upstream', 'x', 'scale', 'offset', 'mean', 'variance', 'learned'],
    outputs: 4,
  },
  AllFinite: { inputs: ['tensors'], outputs: 1 },
  GlobalNorm: { inputs: ['tensors'], outputs: 1 },
  Blend: { inputs: ['healthy', 'tensors', 'others'], outputs: { lists: 1 } },
  Sgd: { inputs: ['settings', 'healthy', 'parameters', 'gradients', 'velocities'], outputs: { lists: 2 } },
  Adam: {
    inputs: ['settings', 'healthy', 'parameters', 'gradients', 'firstMoments', 'secondMoments'],
    outputs: { lists: 3 },
  },
};

/** Kernels that are ops of this package's own, in the compiled library. */
export const customKernels: readonly tf.KernelConfig[] = Object.entries(signatures).map(
  ([key, signature]) => {
    const kernelName = fusedKernelName(key as keyof FusedKernels);
    const run = (inputs: Inputs, attributes: Attributes) => runOp(kernelName, signature, inputs, attributes);
    return {
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: (call) => {
        const inputs = call.inputs as unknown as Inputs;
        const { settings, ...attributes } = (call.attrs ?? {}) as unknown as Attributes & {
          settings?: number[][];
        };
        if (!settings) return run(inputs, attributes);
        // They change with a schedule. TensorFlow prepares an op anew for every attribute that it has not seen, and keeps it.
        const asTensor = tf.tensor2d(settings);
        const result = run({ ...inputs, settings: asTensor }, attributes);
        asTensor.dispose();
        return result;
      },
    };
  },
);

function runOp(name: string, signature: OpSignature, inputs: Inputs, attributes: Attributes): tf.Tensor[] {
  const given = signature.inputs.map((input) => inputs[input]!);
  const list = given.find((input): input is readonly tf.TensorInfo[] => Array.isArray(input));
  const { outputs } = signature;
  return execute(
    name,
    [...Object.entries(attributes).map(attributeOf), ...(list ? [intAttribute('N', list.length)] : [])],
    given.flat(),
    typeof outputs === 'number' ? outputs : outputs.lists * list!.length,
  );
}

function attributeOf([name, value]: [string, Attributes[string]]): OpAttribute {
  return typeof value === 'boolean' ? boolAttribute(name, value) : floatAttribute(name, value);
}
