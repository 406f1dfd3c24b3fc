import { basename } from 'node:path';
import type { InstallReporter } from './install-reporter.js';
import { pipDownload, wheelsIn } from './pip.js';
import { readInformation, type Wheel } from './wheel.js';

/** Downloads TensorFlow's wheel, unless an earlier call has. */
export async function downloadTensorflow(
  distribution: string,
  downloads: string,
  report: InstallReporter,
): Promise<string> {
  const present = wheelOf(distribution, await wheelsIn(downloads));
  if (present !== undefined) return present;
  report.step(`downloading ${distribution}`);
  const downloaded = wheelOf(distribution, await pipDownload([distribution], downloads));
  if (downloaded === undefined) throw new Error(`pip has downloaded no wheel of ${distribution}`);
  return downloaded;
}

/** Downloads the wheels of CUDA's libraries that a wheel of TensorFlow names, those that an earlier call has not. */
export async function downloadCuda(
  tensorflow: Wheel,
  downloads: string,
  report: InstallReporter,
): Promise<readonly string[]> {
  const requirements = cudaRequirements((await readInformation(tensorflow.files, 'METADATA')) ?? '');
  const present = await wheelsIn(downloads);
  const missing = requirements.filter(
    (requirement) => wheelOf(distributionOf(requirement), present) === undefined,
  );
  if (missing.length > 0) report.step(`downloading ${missing.map(distributionOf).join(', ')}`);
  const wheels = missing.length > 0 ? await pipDownload(missing, downloads) : present;
  return requirements.map((requirement) => {
    const wheel = wheelOf(distributionOf(requirement), wheels);
    if (wheel === undefined) throw new Error(`pip has downloaded no wheel of ${requirement}`);
    return wheel;
  });
}

/** What `pip install tensorflow[and-cuda]` would add, from the wheel's `METADATA`. */
export function cudaRequirements(metadata: string): readonly string[] {
  const lines = metadata.matchAll(/^Requires-Dist: (nvidia-[^;]+?) *; *extra == ["']and-cuda["'] *\r?$/gm);
  return [...lines].map(([, requirement]) => requirement!);
}

/** `nvidia-cublas-cu12<13.0,>=12.5` → `nvidia-cublas-cu12`. */
function distributionOf(requirement: string): string {
  return /^[\w.-]+/.exec(requirement)![0];
}

/** A wheel's name begins with that of its distribution, `-` written as `_`, and a version. */
function wheelOf(distribution: string, wheels: readonly string[]): string | undefined {
  const name = distribution.replaceAll('-', '_');
  return wheels.find((path) => basename(path).startsWith(`${name}-`));
}
