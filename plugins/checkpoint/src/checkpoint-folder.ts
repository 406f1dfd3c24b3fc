import { basename, join } from 'node:path';

/** A checkpoint's place among its siblings. */
export interface CheckpointFolder {
  readonly path: string;
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps taken. */
  readonly step: number;
  /** 1, or more where the same step was saved again. */
  readonly revision: number;
}

const pattern = /^epoch-(\d{4,})-step-(\d{6,})(?:-r(\d+))?$/;

/** `epoch-0003-step-000330`, or `…-r2` where that name is taken. */
export function folderName({ epoch, step, revision }: Omit<CheckpointFolder, 'path'>): string {
  const name = `epoch-${String(epoch).padStart(4, '0')}-step-${String(step).padStart(6, '0')}`;
  return revision === 1 ? name : `${name}-r${revision}`;
}

/** The checkpoints among the names in a folder, newest first. */
export function checkpointFolders(folder: string, names: readonly string[]): readonly CheckpointFolder[] {
  return names
    .flatMap((name) => {
      const found = pattern.exec(name);
      if (!found) return [];
      const [epoch, step, revision] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 1)] as const;
      return [{ path: join(folder, name), epoch, step, revision }];
    })
    .sort((a, b) => b.step - a.step || b.epoch - a.epoch || b.revision - a.revision);
}

/** Marks what is not a checkpoint yet, or no longer. */
const passing = '.passing-';

/** Where a checkpoint lies until it is whole, and after it was given up. */
export function passingPath(folder: string, path: string): string {
  return join(folder, `${passing}${basename(path)}`);
}

/** What a crash has left. */
export function leftovers(folder: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(passing)).map((name) => join(folder, name));
}
