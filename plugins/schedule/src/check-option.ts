import { UsageError } from '@flatbit/core';

/** Throws a UsageError of one line unless `holds`. */
export function checkOption(holds: boolean, name: string, got: unknown, takes: string): void {
  if (!holds) throw new UsageError(`${name}: got ${JSON.stringify(got)}; takes ${takes}`);
}
