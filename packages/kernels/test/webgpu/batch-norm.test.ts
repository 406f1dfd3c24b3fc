import { trainingBatchNorm } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import { withGradients } from '../engines.js';
import { expectSameAsCpu, onWebgpu, tensorOf } from './same-as-cpu.js';

onWebgpu('batch normalisation', () => {
  const vector = (seed: number) => tensorOf([4], seed).as1D();

  it('by the statistics of the batch, and its gradients', async () => {
    const normalize = (...[x, scale, offset]: tf.Tensor[]) =>
      trainingBatchNorm(x!, { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D, epsilon: 1e-5 })
        .output;
    const operands = () => [tensorOf([3, 5, 2, 4]).mul(3).add(1), vector(2), vector(3)];
    await expectSameAsCpu(() => normalize(...operands()));
    await expectSameAsCpu(() => withGradients(normalize)(...operands()), { relative: 1e-4 });
  });

  it('by given statistics, and its gradients', async () => {
    const normalize = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    const operands = () => [
      tensorOf([2, 3, 3, 4]),
      vector(2),
      vector(3).abs().add(0.1),
      vector(4),
      vector(5),
    ];
    await expectSameAsCpu(() => normalize(...operands()));
    await expectSameAsCpu(() => withGradients(normalize)(...operands()), { relative: 1e-4 });
  });
});
