import type * as tf from '@tensorflow/tfjs';

/** The pixels of one image that meet at one tap of a filter: a grid of the output's pixels, and as many of the input's. */
export interface TapWindow {
  /** Which tap, in reading order. */
  readonly tap: number;
  readonly rows: number;
  readonly columns: number;
  /** The first of the input's pixels, and of the output's. */
  readonly inputAt: number;
  readonly outputAt: number;
  /** How many pixels lie from the last of a row to the first of the next, in the input and in the output. */
  readonly inputSkip: number;
  readonly outputSkip: number;
}

/** Visits all windows of a convolution, image by image; those that are all padding are left out. */
export function visitTaps(conv: tf.backend_util.Conv2DInfo, visit: (window: TapWindow) => void): void {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = conv;
  for (let image = 0; image < conv.batchSize; image++) {
    for (let i = 0; i < conv.filterHeight; i++) {
      const [top, bottom] = onImage(i - padInfo.top, strideHeight, inHeight, outHeight);
      for (let j = 0; j < conv.filterWidth; j++) {
        const [left, right] = onImage(j - padInfo.left, strideWidth, inWidth, outWidth);
        const rows = bottom - top;
        const columns = right - left;
        if (rows <= 0 || columns <= 0) continue;
        const y = top * strideHeight + i - padInfo.top;
        const x = left * strideWidth + j - padInfo.left;
        visit({
          tap: i * conv.filterWidth + j,
          rows,
          columns,
          inputAt: (image * inHeight + y) * inWidth + x,
          outputAt: (image * outHeight + top) * outWidth + left,
          inputSkip: strideHeight * inWidth - columns * strideWidth,
          outputSkip: outWidth - columns,
        });
      }
    }
  }
}

/** The positions `from … to - 1` of the output whose input, at `stride * position + shift`, is on the image. */
function onImage(shift: number, stride: number, length: number, outLength: number): [number, number] {
  const from = Math.max(0, Math.ceil(-shift / stride));
  const to = Math.min(outLength, Math.floor((length - 1 - shift) / stride) + 1);
  return [from, to];
}
