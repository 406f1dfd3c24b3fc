/** A pooling over `[batch, depth, height, width, channels]`; each triple is depth, height, width. A 2D pooling has depth 1. */
export interface Pooling {
  readonly batch: number;
  readonly channels: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly window: Triple;
  readonly strides: Triple;
  /** Padding before each axis. */
  readonly padding: Triple;
}

type Triple = readonly [depth: number, height: number, width: number];

/**
 * Visits every pair of an output pixel and an input pixel inside its window, windows and their pixels in reading order.
 * What is handed out is where the pixels' channels begin.
 */
export function visitWindows(pooling: Pooling, visit: (outputAt: number, inputAt: number) => void): void {
  const { batch, channels, input, output, window, strides, padding } = pooling;
  const [outDepth, outHeight, outWidth] = output;
  const [inDepth, inHeight, inWidth] = input;
  let outputAt = 0;
  for (let image = 0; image < batch; image++) {
    for (let d = 0; d < outDepth; d++) {
      const [depthFrom, depthTo] = range(d * strides[0] - padding[0], window[0], inDepth);
      for (let h = 0; h < outHeight; h++) {
        const [rowFrom, rowTo] = range(h * strides[1] - padding[1], window[1], inHeight);
        for (let w = 0; w < outWidth; w++, outputAt += channels) {
          const [columnFrom, columnTo] = range(w * strides[2] - padding[2], window[2], inWidth);
          for (let depth = depthFrom; depth < depthTo; depth++) {
            for (let row = rowFrom; row < rowTo; row++) {
              const line = ((image * inDepth + depth) * inHeight + row) * inWidth;
              for (let column = columnFrom; column < columnTo; column++) {
                visit(outputAt, (line + column) * channels);
              }
            }
          }
        }
      }
    }
  }
}

/** The part of a window that lies on the axis: padding is never the maximum. */
function range(start: number, length: number, axisLength: number): readonly [number, number] {
  return [Math.max(0, start), Math.min(axisLength, start + length)];
}
