/**
 * The levels of additive powers of two (APoT) with `bits` bits of magnitude, from 0 to 1.
 *
 * Two bits choose a term, so there are `n = floor(bits / 2)`: term i is 0 or one of `2^-(i + 1)`, `2^-(n + i + 1)` and
 * `2^-(2n + i + 1)`, and every sum of one from each is a level. An odd bit adds a term of 0 or `2^-(2n + 1)`, and the last power
 * of the others is then one further.
 *
 * Source: Li, Dong, Wang, "Additive Powers-of-Two Quantization", arXiv 1909.13144, base bit-width 2.
 */
export function apotLevels(bits: number): readonly number[] {
  const count = Math.floor(bits / 2);
  const odd = bits % 2;
  const last = 3 * count + odd; // the largest exponent: as whole numbers, powers are 2^(last - exponent)
  const terms = Array.from({ length: count }, (_, i) => [i + 1, count + i + 1, 2 * count + odd + i + 1]);
  if (odd) terms.push([2 * count + 1]);
  const sums = terms.reduce<readonly number[]>(
    (earlier, exponents) => [
      ...earlier,
      ...exponents.flatMap((exponent) => earlier.map((sum) => sum + 2 ** (last - exponent))),
    ],
    [0],
  );
  const largest = Math.max(...sums);
  return sums.map((sum) => sum / largest).sort((a, b) => a - b);
}
