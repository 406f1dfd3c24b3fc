import type { OperandReader, PassContext } from '@flatbit/core';

/** The pass that is running; patched layers behave as stock ones while there is none. */
export interface ActivePass {
  readonly pass: PassContext;
  readonly read: OperandReader;
  /** How often a layer has been called in this pass: the calls of a shared layer draw different masks. */
  nextCall(layer: string): number;
}

export function createActivePass(pass: PassContext, read: OperandReader): ActivePass {
  const calls = new Map<string, number>();
  return {
    pass,
    read,
    nextCall(layer) {
      const call = calls.get(layer) ?? 0;
      calls.set(layer, call + 1);
      return call;
    },
  };
}
