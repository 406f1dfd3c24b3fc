import type { TrainOptions } from './train.js';

/** The command that goes on with an interrupted run, ready to be pasted into a shell. */
export function resumeCommand(file: string, { set, seed, backend, out, json }: TrainOptions): string {
  const words = [
    'flatbit',
    'train',
    file,
    ...set.flatMap((assignment) => ['--set', assignment]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(out === undefined ? [] : ['--out', out]),
    ...(json ? ['--json'] : []),
    '--resume',
  ];
  return words.map(quoted).join(' ');
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
