import * as tf from '@tensorflow/tfjs';

/** A shader with one thread per element of its output. */
export interface FlatProgram {
  /** Tells pipelines apart, beside the shapes and types. */
  readonly name: string;
  readonly outputShape: readonly number[];
  readonly dtype: tf.DataType;
  /** Name of each input's array in the shader. */
  readonly variables: readonly string[];
  /** Whole numbers that the shader finds under `uniforms`. */
  readonly uniforms?: Readonly<Record<string, number>>;
  /** WGSL at the top of the shader. */
  readonly functions?: string;
  /** WGSL that computes element `index` and calls `setOutputAtIndex(index, …)`, or `setOutputAtIndexI32` for int32. */
  readonly body: string;
}

/** The part of TF.js's webgpu backend that runs a program. */
interface WebgpuBackend {
  runWebGPUProgram(
    program: object,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly { readonly type: 'int32'; readonly data: readonly number[] }[],
  ): tf.TensorInfo;
}

const threads = 64;

/** Runs a program on the inputs; the caller owns the result. */
export function runFlatProgram(
  backend: unknown,
  { name, outputShape, dtype, variables, uniforms = {}, functions = '', body }: FlatProgram,
  inputs: readonly tf.TensorInfo[],
): tf.TensorInfo {
  const program = {
    variableNames: variables,
    uniforms: Object.keys(uniforms)
      .map((uniform) => `${uniform} : i32,`)
      .join(' '),
    outputShape,
    size: true,
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(tf.util.sizeFromShape([...outputShape]) / threads), 1, 1],
    shaderKey: `flatbit ${name}`,
    getUserCode: () => `
      ${functions}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${body}
        }
      }`,
  };
  const values = Object.values(uniforms).map((value) => ({ type: 'int32', data: [value] }) as const);
  return (backend as WebgpuBackend).runWebGPUProgram(program, inputs, dtype, values);
}
