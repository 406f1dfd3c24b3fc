import { runExperiment, type RunSummary } from '@flatbit/experiment';
import { experimentOf, type ExperimentOptions } from './experiment-options.js';
import { interruptible } from './interruptible.js';
import { measuresTable } from './measures-table.js';
import { print, warn } from './print.js';
import { resumeCommand } from './resume-command.js';

export interface TrainOptions extends ExperimentOptions {
  readonly out?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  /** The path of a bits file. */
  readonly bits?: string;
}

/** What the shell is told of a run that Ctrl-C has ended. */
const interruptedExitCode = 130;

/** `flatbit train FILE`: trains into a run folder. */
export async function train(file: string, { bits, ...others }: TrainOptions): Promise<void> {
  const options = bits === undefined ? others : withBits(others, bits);
  const experiment = await experimentOf(file, options);
  const { out, resume = false, overwrite = false } = options;
  const result = await interruptible((signal) =>
    runExperiment(experiment, {
      ...(out !== undefined && { out }),
      resume,
      overwrite,
      signal,
      stream: process.stderr,
      warn,
    }),
  );
  const { folder, interrupted, summary } = result;
  if (interrupted) {
    process.exitCode = interruptedExitCode;
    const saved = experiment.checkpoint !== false;
    warn(
      saved
        ? `stopped after step ${result.step}; go on with: ${resumeCommand(file, { ...options, out: folder })}`
        : `stopped after step ${result.step}; nothing is stored, because checkpoint is false`,
    );
  }
  if (interrupted && !options.json) return;
  print(result, options.json, () => describeRun(folder, summary!));
}

/** With `bits` among the settings; what goes on with the run is told so, too. */
function withBits(options: Omit<TrainOptions, 'bits'>, bits: string): Omit<TrainOptions, 'bits'> {
  return { ...options, set: [...options.set, `bits=${JSON.stringify(bits)}`] };
}

function describeRun(folder: string, { training, validation, test, bops, sharpness }: RunSummary): string {
  return [
    measuresTable({ training, validation, test }),
    describeBops(bops),
    ...(sharpness ? [`sharpness ${sharpness.sharpness.toPrecision(4)}`] : []),
    folder,
  ].join('\n');
}

function describeBops({ bops, ratio, convention }: RunSummary['bops']): string {
  const count = `${bops.toLocaleString('en-US')} bit operations (convention: ${convention})`;
  return ratio === 1
    ? `${count}, in full precision`
    : `${count}, ${ratio.toFixed(1)} times fewer than full precision`;
}
