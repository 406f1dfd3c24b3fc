import writeFileAtomic from 'write-file-atomic';

/** Writes JSON that people can read, whole or not at all. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
