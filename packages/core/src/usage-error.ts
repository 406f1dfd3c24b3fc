/**
 * The caller asked for something that cannot be: an unknown name, a value out of range, a file that is not what it should be.
 * The message is one line: what, where, what to do. The command answers it with exit code 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
