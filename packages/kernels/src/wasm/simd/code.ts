/** WebAssembly instructions as bytes: an expression leaves one value on the stack, a statement none. */
export type Code = readonly number[];

/** An unsigned number as LEB128, seven bits a byte (WebAssembly core specification, 5.2.2). */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** A list as its length and its items. */
export function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

/** A name in ASCII. */
export function name(text: string): Code {
  return list([...text].map((letter) => [letter.charCodeAt(0)]));
}
