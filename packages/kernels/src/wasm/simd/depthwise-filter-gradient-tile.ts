import { assemble, type Assembly } from './assemble.js';
import { add, load, multiply, repeat, store } from './instructions.js';
import { link, type Run } from './link.js';

/** Vectors of four channels of the largest tile. */
export const depthwiseTileVectors = 4;

/**
 * Adds to one tap of a depthwise filter's gradient, for `4 * vectors` channels, what one image contributes: the sum over pixels
 * of x times dy. Parameters: the addresses of x's, dy's and the tap's first element; how many rows and columns of pixels; and
 * the bytes from one column to the next and from the end of a row to the next row, for x and for dy.
 */
export function depthwiseFilterGradientTile(vectors: number): Run | undefined {
  return link(`depthwiseFilterGradientTile ${vectors}`, write(vectors));
}

function write(vectors: number): Assembly {
  return assemble(
    ['x', 'dy', 'tile', 'rows', 'columns', 'xColumn', 'xRow', 'dyColumn', 'dyRow'],
    ({ parameters, integer, vector }) => {
      const { x, dy, tile, rows, columns, xColumn, xRow, dyColumn, dyRow } = parameters;
      const left = integer();
      const sums = Array.from({ length: vectors }, vector);
      const pixel = [
        ...sums.map((sum, v) =>
          sum.set(add(sum.value, multiply(load(x.value, 16 * v), load(dy.value, 16 * v)))),
        ),
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
        ...sums.map((sum, v) => store(tile.value, 16 * v, add(load(tile.value, 16 * v), sum.value))),
      ];
    },
  );
}
