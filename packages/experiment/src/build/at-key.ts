import { UsageError } from '@flatbit/core';

/** Builds a part of an experiment; wrong use of it says under which key. */
export function atKey<T>(key: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof UsageError) || error.message.startsWith(`${key}.`)) throw error;
    throw new UsageError(`${key}: ${error.message}`, { cause: error });
  }
}
