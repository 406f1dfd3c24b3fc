import { assemble, type Assembly } from './assemble.js';
import { add, load, loadSplat, multiply, repeat, store } from './instructions.js';
import { link, type Run } from './link.js';

/** Input channels of the largest tile. */
export const tileInputs = 4;
/** Vectors of four output channels of the largest tile. With four inputs and these, the sums fill half of the registers. */
export const tileVectors = 2;

/**
 * Adds to a tile of a filter's gradient, `inputs` input channels by `4 * vectors` output channels of one tap, what one image
 * contributes: the sum over pixels of x times dy. Parameters: the addresses of x's, dy's and the tile's first element; how many
 * rows and columns of pixels; the bytes from one column to the next and from the end of a row to the next row, for x and for dy;
 * and the bytes from one input channel of the gradient to the next.
 */
export function filterGradientTile(inputs: number, vectors: number): Run | undefined {
  return link(`filterGradientTile ${inputs} ${vectors}`, write(inputs, vectors));
}

function write(inputs: number, vectors: number): Assembly {
  return assemble(
    ['x', 'dy', 'tile', 'rows', 'columns', 'xColumn', 'xRow', 'dyColumn', 'dyRow', 'tileInput'],
    ({ parameters, integer, vector }) => {
      const { x, dy, tile, rows, columns, xColumn, xRow, dyColumn, dyRow, tileInput } = parameters;
      const left = integer();
      const sums = Array.from({ length: inputs }, () => Array.from({ length: vectors }, vector));
      const upstream = Array.from({ length: vectors }, vector);
      const input = vector();
      const pixel = [
        ...upstream.map((each, v) => each.set(load(dy.value, 16 * v))),
        ...sums.flatMap((row, i) => [
          input.set(loadSplat(x.value, 4 * i)),
          ...row.map((sum, v) => sum.set(add(sum.value, multiply(input.value, upstream[v]!.value)))),
        ]),
        x.increase(xColumn.value),
        dy.increase(dyColumn.value),
      ];
      return [
        repeat(rows, [
          left.set(columns.value),
          repeat(left, pixel),
          x.increase(xRow.value),
          dy.increase(dyRow.value),
        ]),
        ...sums.flatMap((row) => [
          ...row.map((sum, v) => store(tile.value, 16 * v, add(load(tile.value, 16 * v), sum.value))),
          tile.increase(tileInput.value),
        ]),
      ];
    },
  );
}
