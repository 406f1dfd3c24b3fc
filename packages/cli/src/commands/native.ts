import {
  installNative,
  planNative,
  removeNative,
  type InstallOptions,
  type NativePlan,
} from '@flatbit/backends/native';
import { print, warn } from './print.js';
import { terminalReporter } from './terminal-reporter.js';

export interface NativeInstallOptions extends InstallOptions {
  readonly dryRun?: boolean;
}

/** `flatbit native install`: puts native TensorFlow below the project's folder. */
export async function nativeInstall({ dryRun = false, ...options }: NativeInstallOptions): Promise<void> {
  if (dryRun) {
    const plan = await planNative(options);
    print(plan, false, () => describePlan(plan));
    return;
  }
  const { tensorflow, source } = await installNative(options, terminalReporter());
  process.stdout.write(`TensorFlow ${tensorflow} (${source}) is installed; flatbit doctor measures it\n`);
}

/** `flatbit native remove`: takes it away again. */
export async function nativeRemove(): Promise<void> {
  const removed = await removeNative();
  if (removed === undefined) warn('no native engine is installed');
  else process.stdout.write(`removed ${removed}\n`);
}

function describePlan({ platform, folder, diskSpace, steps, missing }: NativePlan): string {
  return [
    `native TensorFlow on ${platform}, into ${fromHere(folder)}, with up to ${(diskSpace / 1e9).toFixed(1)} GB of disk`,
    ...steps.map(({ title, command, when }, index) =>
      [`${index + 1}. ${title}${when === undefined ? '' : `, ${when}`}`, `     ${shorten(command)}`].join(
        '\n',
      ),
    ),
    ...missing.map((line) => `missing: ${line}`),
  ].join('\n');
}

/** Behind a `cd`, what counts from here is somewhere else. */
function shorten(command: string): string {
  const [first, ...others] = command.split(' && ');
  return [fromHere(first!), ...others].join(' && ');
}

function fromHere(text: string): string {
  return text.replaceAll(`${process.cwd()}/`, '');
}
