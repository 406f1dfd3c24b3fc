import { unsigned, type Code } from './code.js';

/** A local variable of a function: a 32-bit integer, or four floats. */
export class Local {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  /** Its value. */
  get value(): Code {
    return [0x20, ...unsigned(this.index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }

  /** Adds to an integer. */
  increase(by: Code): Code {
    return this.set([...this.value, ...by, 0x6a]);
  }
}

/** A whole number from -64 to 8191. */
export function integer(value: number): Code {
  return value < 64 ? [0x41, value & 0x7f] : [0x41, (value & 0x7f) | 0x80, value >>> 7];
}

/** Does something as often as an integer says, at least once; the integer is 0 afterwards. */
export function repeat(count: Local, body: readonly Code[]): Code {
  const loop = [0x03, 0x40];
  const continueIfNotZero = [...count.value, 0x0d, 0];
  return [...loop, ...body.flat(), ...count.increase(integer(-1)), ...continueIfNotZero, 0x0b];
}

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** Where in memory: the alignment that is promised, four bytes, and a constant to add to the address. */
const at = (offset: number): Code => [2, ...unsigned(offset)];

/** Does something if an integer is not 0. */
export function unlessZero(count: Local, body: readonly Code[]): Code {
  return [...count.value, 0x04, 0x40, ...body.flat(), 0x0b];
}

/** Four zeros. */
export const zeros: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)];

/** Four floats from memory. */
export function load(address: Code, offset: number): Code {
  return [...address, ...simd(0x00), ...at(offset)];
}

/** One float from memory, four times. */
export function loadSplat(address: Code, offset: number): Code {
  return [...address, ...simd(0x09), ...at(offset)];
}

/** One float from memory, and three zeros. */
export function loadOne(address: Code, offset: number): Code {
  return [...address, ...simd(0x5c), ...at(offset)];
}

/** The first of four floats to memory. */
export function storeOne(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, ...simd(0x5a), ...at(offset), 0];
}

/** Four times the float whose bits an integer has. */
export function splatBits(bits: Code): Code {
  return [...bits, ...simd(0x11)];
}

/** The bits of a float, for `splatBits`. */
export function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Four floats to memory. */
export function store(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, ...simd(0x0b), ...at(offset)];
}

/** Combines two vectors into one. */
export type VectorOp = (left: Code, right: Code) => Code;

const vectorOp =
  (opcode: number): VectorOp =>
  (left, right) => [...left, ...right, ...simd(opcode)];

export const add = vectorOp(0xe4);
export const subtract = vectorOp(0xe5);
export const multiply = vectorOp(0xe6);
export const divide = vectorOp(0xe7);
export const minimum = vectorOp(0xe8);
export const maximum = vectorOp(0xe9);

/** `right < left ? right : left`, and `left < right ? right : left`: a NaN on the right is passed over. */
export const lesser = vectorOp(0xea);
export const larger = vectorOp(0xeb);
export const squareRoot = (value: Code): Code => [...value, ...simd(0xe3)];
/** Whole numbers, halves to the even one. */
export const nearest = (value: Code): Code => [...value, ...simd(0x6a)];
/** Bit by bit: a vector where a comparison holds, zeros elsewhere. */
export const and = vectorOp(0x4e);

/** Comparisons of floats: where they hold, all bits of a lane are 1. */
export const equal = vectorOp(0x41);
export const notEqual = vectorOp(0x42);
export const less = vectorOp(0x43);
export const greater = vectorOp(0x44);
export const lessEqual = vectorOp(0x45);
export const greaterEqual = vectorOp(0x46);

/** Packs four comparisons of four floats into sixteen bytes of 0 or 1. */
export function packBooleans([first, second, third, fourth]: readonly [Code, Code, Code, Code]): Code {
  const narrow32To16 = vectorOp(0x85);
  const narrow16To8 = vectorOp(0x65);
  const ones = [...integer(1), ...simd(0x0f)];
  return and(narrow16To8(narrow32To16(first, second), narrow32To16(third, fourth)), ones);
}

/** Four booleans, a byte each, as comparisons. */
export function loadBooleans(address: Code): Code {
  const bytesTo16 = simd(0x89);
  const sixteenTo32 = simd(0xa9);
  const notEqualIntegers = simd(0x38);
  return [...loadSplat(address, 0), ...bytesTo16, ...sixteenTo32, ...zeros, ...notEqualIntegers];
}

/** Lanes of the first vector where a comparison holds, of the second where it does not. */
export function choose(comparison: Code, first: Code, second: Code): Code {
  return [...first, ...second, ...comparison, ...simd(0x52)];
}
