import { CommanderError } from 'commander';

/** What the process answers: 2 for wrong use, 1 for everything else that fails. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // Known by name, so that nothing that throws it has to be loaded to ask for help.
  return error instanceof Error && error.name === 'UsageError' ? 2 : 1;
}

/** The one line that an error is worth. */
export function lineOf(error: unknown): string {
  if (error instanceof CommanderError && error.code === 'commander.help')
    return 'no command given; flatbit --help lists them';
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^error: /, '')
    .replace(/^option '(?:-\w, )?(--[\w-]+).*' argument '(.*)' is invalid\. /, '$1: got "$2"; ')
    .replace(/; Allowed choices are (.*)\.$/, '; takes $1')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
}
