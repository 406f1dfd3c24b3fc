import { z } from 'zod';

/** Parses with `schema` in place of the schema around it: value and errors are its own. */
export function parseInPlace(schema: z.ZodType, value: unknown, context: z.core.ParsePayload): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
}
