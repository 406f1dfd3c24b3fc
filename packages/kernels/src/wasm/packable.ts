import type * as tf from '@tensorflow/tfjs';

/**
 * TF.js's wasm engine packs the right operand of a product once and finds the packed form again by the data's id, whatever its
 * shape: two reshapes of one tensor as right operands give wrong numbers and write past the end of the output.
 */
const packedShapes = new WeakMap<object, string>();

/** The operand itself, or a copy when its data has been packed as a matrix of another shape. */
export function packable(operand: tf.Tensor): tf.Tensor {
  const shape = operand.shape.slice(-2).join();
  const packedShape = packedShapes.get(operand.dataId);
  if (packedShape === shape) return operand;
  const own = packedShape === undefined ? operand : operand.mul(1);
  packedShapes.set(own.dataId, shape);
  return own;
}
