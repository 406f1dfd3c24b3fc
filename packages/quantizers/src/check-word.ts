/** @throws RangeError if an option is none of the words that a quantizer knows. */
export function checkWord<Word extends string>(
  quantizer: string,
  option: string,
  word: Word,
  words: readonly Word[],
): void {
  if (words.includes(word)) return;
  throw new RangeError(
    `quantizer "${quantizer}" cannot take ${option} ${JSON.stringify(word)}; give one of ${words.join(', ')}`,
  );
}
