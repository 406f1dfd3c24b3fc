import { UsageError } from '@flatbit/core';
import { expect } from 'chai';

/** The one line of the UsageError that `body` ends in. */
export async function wrongUse(body: () => unknown): Promise<string> {
  let thrown: unknown;
  try {
    await body();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, 'what was thrown').to.be.instanceOf(UsageError);
  const { message } = thrown as UsageError;
  expect(message).to.not.include('\n');
  return message;
}
