import { list, name, unsigned, type Code } from './code.js';
import { Local } from './instructions.js';

/** The memory that a function works on: one that threads share is another type, and states its most pages. */
export type MemoryKind = 'own' | 'shared';

/** A module for a kind of memory, written when it is asked for. */
export type Assembly = (memory: MemoryKind) => Uint8Array;

const memoryTypes: Readonly<Record<MemoryKind, Code>> = {
  own: [0x00, ...unsigned(0)],
  shared: [0x03, ...unsigned(0), ...unsigned(65536)],
};

const i32 = 0x7f;
const v128 = 0x7b;
const functionType = 0x60;

/** What a function's code is written with. */
export interface Frame<Parameter extends string> {
  /** The parameters, all 32-bit integers. */
  readonly parameters: Readonly<Record<Parameter, Local>>;
  /** An integer that starts as 0. */
  integer(): Local;
  /** Four floats that start as 0. */
  vector(): Local;
}

/**
 * A WebAssembly module with one function, exported as `run`, that works on an imported memory, `engine.memory`, and returns nothing.
 * Modules stay far below the 4 KB that browsers let a page compile at once.
 */
export function assemble<Parameter extends string>(
  parameterNames: readonly Parameter[],
  write: (frame: Frame<Parameter>) => readonly Code[],
): Assembly {
  return (memory) => bytesOf(memory, parameterNames, write);
}

function bytesOf<Parameter extends string>(
  memory: MemoryKind,
  parameterNames: readonly Parameter[],
  write: (frame: Frame<Parameter>) => readonly Code[],
): Uint8Array {
  const parameters = Object.fromEntries(
    parameterNames.map((parameter, index) => [parameter, new Local(index)]),
  ) as Record<Parameter, Local>;
  const locals: Code[] = [];
  const declare = (type: number): Local => {
    locals.push([...unsigned(1), type]);
    return new Local(parameterNames.length + locals.length - 1);
  };
  const body = write({ parameters, integer: () => declare(i32), vector: () => declare(v128) }).flat();
  const code = [...list(locals), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[functionType, ...list(parameterNames.map(() => [i32])), ...list([])]]),
    ...section(2, [[...name('engine'), ...name('memory'), 2, ...memoryTypes[memory]]]),
    ...section(3, [unsigned(0)]),
    ...section(7, [[...name('run'), 0, 0]]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}
