import * as tf from '@tensorflow/tfjs';

/** An attribute of a TensorFlow op, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What is used here of the backend that tfjs-node brings. */
interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE', number>
  > &
    Readonly<Record<'TF_FLOAT' | 'TF_INT32', number>>;
  executeMultipleOutputs(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

const native = () => tf.backend() as unknown as NativeBackend;

/** Runs one op of TensorFlow's and answers its outputs. */
export function execute(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
): tf.Tensor[] {
  return native().executeMultipleOutputs(op, attributes, inputs, outputs);
}

export const floatAttribute = (name: string, value: number | readonly number[]): OpAttribute => ({
  name,
  type: native().binding.TF_ATTR_FLOAT,
  value,
});

export const intAttribute = (name: string, value: number): OpAttribute => ({
  name,
  type: native().binding.TF_ATTR_INT,
  value,
});

export const boolAttribute = (name: string, value: boolean): OpAttribute => ({
  name,
  type: native().binding.TF_ATTR_BOOL,
  value,
});

/** The attribute `T` of an op over floats, or another of its types. */
export const typeAttribute = (type: 'TF_FLOAT' | 'TF_INT32' = 'TF_FLOAT', name = 'T'): OpAttribute => ({
  name,
  type: native().binding.TF_ATTR_TYPE,
  value: native().binding[type],
});
