import { UsageError } from '@flatbit/core';

/** A machine, as far as it decides which libraries run on it. */
export interface Platform {
  readonly system: string;
  readonly architecture: string;
  /** Whether the C library is GNU's, which TensorFlow's wheels are built for. */
  readonly glibc: boolean;
}

/** This machine. */
export function thisPlatform(): Platform {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return {
    system: process.platform,
    architecture: process.arch,
    glibc: header.glibcVersionRuntime !== undefined,
  };
}

/** How messages call it. */
export function platformName({ system, architecture, glibc }: Platform): string {
  return `${system} ${architecture}${system === 'linux' && !glibc ? ' without glibc' : ''}`;
}

/** Whether the engine can be built here from TensorFlow's wheel. */
export function canBuild({ system, architecture, glibc }: Platform): boolean {
  return system === 'linux' && glibc && ['x64', 'arm64'].includes(architecture);
}

/**
 * @param ordinaryFailure why the ordinary tfjs-node is not the way out, if it was tried.
 * @throws UsageError where the engine cannot be built.
 */
export function requirePlatform(platform: Platform, ordinaryFailure?: string): void {
  if (canBuild(platform)) return;
  const tried =
    ordinaryFailure === undefined ? '' : `, and the ordinary tfjs-node does not install (${ordinaryFailure})`;
  throw new UsageError(
    `a native engine is built on linux x64 and arm64 with glibc, not on ${platformName(platform)}${tried}; ` +
      'take wasm, or webgpu on a graphics processor',
  );
}
