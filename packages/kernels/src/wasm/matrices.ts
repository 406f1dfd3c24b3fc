import * as tf from '@tensorflow/tfjs';

/** An operand of a product as a stack of matrices `[batch, rows, columns]`, each transposed if the product asks for it. */
export function matrices(operand: tf.Tensor, transposed: boolean): tf.Tensor3D {
  const [rows, columns] = operand.shape.slice(-2) as [number, number];
  const batch = tf.util.sizeFromShape(operand.shape.slice(0, -2));
  const stack = operand.reshape<tf.Tensor3D>([batch, rows, columns]);
  return transposed ? stack.transpose([0, 2, 1]) : stack;
}
