import { nativeFolder } from './native-folder.js';

/** What the installer works with, side by side on one disk, so that a rename is all it takes to put an engine in place. */
export interface NativePlaces {
  /** The native folder: an engine that is whole, or nothing. */
  readonly folder: string;
  /** Where an engine is built. */
  readonly work: string;
  /** Where the engine before it is put before it is removed. */
  readonly old: string;
  /** Where wheels are kept until the engine is in place. */
  readonly downloads: string;
  readonly lock: string;
}

/** The places of this project. */
export function nativePlaces(folder = nativeFolder()): NativePlaces {
  return {
    folder,
    work: `${folder}.partial`,
    old: `${folder}.old`,
    downloads: `${folder}.downloads`,
    lock: `${folder}.lock`,
  };
}
