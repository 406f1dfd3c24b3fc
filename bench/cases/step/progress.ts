import type { Subject } from './subjects.js';

/** Says on stderr what is being done. */
export function progress({ engine, network, batch }: Subject, what: string): void {
  process.stderr.write(`${engine} ${network} batch ${batch}: ${what}\n`);
}
