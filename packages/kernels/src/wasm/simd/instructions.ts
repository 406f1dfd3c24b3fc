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

/** Does something as often as an integer says, at least once; the integer is 0 afterwards. */
export function repeat(count: Local, body: readonly Code[]): Code {
  const loop = [0x03, 0x40];
  const minusOne = [0x41, 0x7f];
  const continueIfNotZero = [...count.value, 0x0d, 0];
  return [...loop, ...body.flat(), ...count.increase(minusOne), ...continueIfNotZero, 0x0b];
}

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** Where in memory: the alignment that is promised, four bytes, and a constant to add to the address. */
const at = (offset: number): Code => [2, ...unsigned(offset)];

/** Four floats from memory. */
export function load(address: Code, offset: number): Code {
  return [...address, ...simd(0x00), ...at(offset)];
}

/** One float from memory, four times. */
export function loadSplat(address: Code, offset: number): Code {
  return [...address, ...simd(0x09), ...at(offset)];
}

/** Four floats to memory. */
export function store(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, ...simd(0x0b), ...at(offset)];
}

export function add(left: Code, right: Code): Code {
  return [...left, ...right, ...simd(0xe4)];
}

export function multiply(left: Code, right: Code): Code {
  return [...left, ...right, ...simd(0xe6)];
}
