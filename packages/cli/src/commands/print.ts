/** Prints the answer of a command: JSON if asked for, and then nothing else goes to stdout. */
export function print(answer: object, json: boolean | undefined, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(answer, null, 2) : text()}\n`);
}

/** Prints a warning, or what is not the answer. */
export function warn(line: string): void {
  process.stderr.write(`flatbit: ${line}\n`);
}
