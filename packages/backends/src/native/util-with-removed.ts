/** `node:util` with what tfjs-node 4.22 calls and Node 23 has removed. */
export * from 'node:util';
export const isArray = (value: unknown): boolean => Array.isArray(value);
export const isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
