import { fusedWasmKernel } from './fused-wasm-kernel.js';

/** Losses `logsumexp(z) − z_label`, and the gradient of each, `softmax(z) − onehot(label)`; no label outside the classes is counted. */
export const softmaxCrossEntropy = fusedWasmKernel('SoftmaxCrossEntropy', ({ logits, labels }, _, heap) => {
  const [batch, classes] = logits.shape;
  const losses = heap.makeOutput([batch], 'float32');
  const toLogits = heap.makeOutput(logits.shape, 'float32');
  const [z, label, loss, gradient] = [logits, labels, losses, toLogits].map((tensor) =>
    heap.typedArrayFromHeap(tensor),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (let image = 0; image < batch; image++) {
    const row = z.subarray(image * classes, (image + 1) * classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const exponentials = Float64Array.from(row, (value) => Math.exp(value - largest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    const target = label[image]!;
    const isClass = target >= 0 && target < classes;
    loss[image] = isClass ? Math.log(sum) + largest - row[target]! : 0;
    exponentials.forEach((value, c) => {
      gradient[image * classes + c] = value / sum - (c === target ? 1 : 0);
    });
  }
  return [losses, toLogits];
});
