import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { fillOnHeap } from './fill-on-heap.js';
import { pooling3d, type Pool3DAttrs } from './pooling-3d.js';
import { visitWindows } from './visit-windows.js';

/** 3D max pooling. The stock kernel answers about 0 for windows where every input is negative. */
export const maxPool3d = composedKernel<{ x: tf.Tensor5D }, Pool3DAttrs>(tf.MaxPool3D, ({ x }, attrs) => {
  const pooling = pooling3d(x.shape, attrs);
  const { batch, output, channels } = pooling;
  return fillOnHeap([batch, ...output, channels], 'float32', [x], (maxima, values) => {
    maxima.fill(-Infinity);
    visitWindows(pooling, (outputAt, inputAt) => {
      for (let c = 0; c < channels; c++) {
        const value = values[inputAt + c]!;
        if (value > maxima[outputAt + c]!) maxima[outputAt + c] = value;
      }
    });
  });
});
