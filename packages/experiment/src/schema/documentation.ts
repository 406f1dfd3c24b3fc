import type { z } from 'zod';

/** What the schema knows of a setting beside its type. */
export interface Documentation {
  /** Ends the sentence "takes …". */
  readonly takes: string;
  /** The keys of a section. */
  readonly keys?: Readonly<Record<string, z.ZodType>>;
  /** The sections of a choice, by name. */
  readonly choices?: Readonly<Record<string, z.ZodType>>;
  /** The name that a choice has where none is given. */
  readonly fallback?: string;
  /** The forms in which a setting can be written. */
  readonly forms?: readonly z.ZodType[];
}

/** Holds it for each schema that our builders make. */
export const documentation = new WeakMap<z.ZodType, Documentation>();
