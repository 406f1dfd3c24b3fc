/** What {@link parseStrictJson} gives: objects are maps, so that no key has a meaning of its own. */
export type StrictJson =
  null | boolean | number | string | readonly StrictJson[] | ReadonlyMap<string, StrictJson>;

const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Control characters have no place in a JSON string.
// eslint-disable-next-line no-control-regex
const string = /"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"/y;

/**
 * JSON from a file that nobody vouches for: unlike `JSON.parse` it refuses a key that is given twice, and nesting deeper
 * than `maxDepth`.
 * @throws SyntaxError that says what is wrong, and at which character.
 */
export function parseStrictJson(text: string, maxDepth: number): StrictJson {
  let at = 0;
  const fail = (problem: string): never => {
    throw new SyntaxError(`${problem} at character ${at}`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found) at += found.length;
    return found;
  };
  const take = (character: string): boolean => {
    match(space);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const expect = (character: string) => {
    if (!take(character)) fail(`"${character}" expected`);
  };
  const token = (pattern: RegExp, what: string) => {
    match(space);
    return JSON.parse(match(pattern) ?? fail(`${what} expected`));
  };
  /** `item, item, …` up to `closing`. */
  const items = (closing: string, depth: number, item: () => void) => {
    if (depth === 0) fail(`nested deeper than ${maxDepth}`);
    if (take(closing)) return;
    do item();
    while (take(','));
    expect(closing);
  };
  const value = (depth: number): StrictJson => {
    if (take('{')) {
      const result = new Map<string, StrictJson>();
      items('}', depth, () => {
        const key: string = token(string, 'a key');
        if (result.has(key)) fail(`key ${JSON.stringify(key)} given twice`);
        expect(':');
        result.set(key, value(depth - 1));
      });
      return result;
    }
    if (take('[')) {
      const result: StrictJson[] = [];
      items(']', depth, () => result.push(value(depth - 1)));
      return result;
    }
    return text[at] === '"' ? token(string, 'a string') : token(literal, 'a value');
  };
  const result = value(maxDepth);
  match(space);
  if (at < text.length) fail('end expected');
  return result;
}
