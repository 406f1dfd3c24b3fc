import { nodeDisk, type Disk } from './disk.js';
import { passingPath } from './checkpoint-folder.js';
import { bestOf, knownCheckpoints } from './find-checkpoints.js';

export interface PruneOptions {
  /** How many of the newest stay. */
  readonly keepLast: number;
  /** Node's unless given. */
  readonly disk?: Disk;
}

/**
 * Removes all checkpoints in `folder` but the newest and the one with the best score. One that is not whole is neither counted
 * nor touched; of the same step saved twice the older one goes.
 */
export async function pruneCheckpoints(
  folder: string,
  { keepLast, disk = nodeDisk }: PruneOptions,
): Promise<void> {
  const known = await knownCheckpoints(folder);
  const best = bestOf(known);
  const distinct = known.filter(({ step, epoch }, index) => {
    const newer = known[index - 1];
    return !newer || newer.step !== step || newer.epoch !== epoch;
  });
  const kept = new Set([...distinct.slice(0, keepLast), best]);
  for (const checkpoint of known) {
    if (kept.has(checkpoint)) continue;
    // Renamed first: a checkpoint is there as a whole or not at all.
    const passing = passingPath(folder, checkpoint.path);
    await disk.rename(checkpoint.path, passing);
    await disk.remove(passing);
  }
}
