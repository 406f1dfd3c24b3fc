import jsonc, { type ParseError } from 'jsonc-parser';

/** Parses JSON. @throws SyntaxError that says where it breaks: `line 3, column 5 is not JSON: comma expected`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // What JSON.parse says of the place depends on the version of Node, and is an offset at best.
    const errors: ParseError[] = [];
    jsonc.parse(text, errors, { disallowComments: true });
    const [first] = errors;
    if (!first) throw cause;
    throw new SyntaxError(`${placeOf(first.offset, text)} is not JSON: ${wordsOf(first)}`, { cause });
  }
}

/** Line and column, both from 1. */
function placeOf(offset: number, text: string): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

/** `CloseBraceExpected` in words. */
function wordsOf({ error }: ParseError): string {
  return jsonc
    .printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
}
