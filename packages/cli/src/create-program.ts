import { Command, Option } from 'commander';
import { createRequire } from 'node:module';
import type { BopsOptions } from './commands/bops.js';
import type { EvaluateOptions } from './commands/evaluate.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { ExperimentOptions } from './commands/experiment-options.js';
import type { NativeInstallOptions } from './commands/native.js';
import type { TrainOptions } from './commands/train.js';
import { collect, integer, shape } from './parse-options.js';

/** The command and its subcommands. What a subcommand needs is loaded when it runs, so that help is there at once. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const program = new Command('flatbit')
    .description('Trains quantized neural networks on TensorFlow.js.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showHelpAfterError(false);

  experimentCommand(program.command('train'))
    .description('trains an experiment into a run folder; Ctrl-C stops it after a checkpoint')
    .option('--out <folder>', 'where the run goes; runs/<name> unless given')
    .option(
      '--bits <file>',
      'bits of each layer: a bits file, or a list of numbers (.json); changes the setting bits',
    )
    .option('--resume', 'goes on with the run in that folder')
    .option('--overwrite', 'removes the run in that folder first')
    .action(async (file: string, options: TrainOptions) => {
      const { train } = await import('./commands/train.js');
      await train(file, options);
    });

  runCommand(program.command('eval'))
    .description('measures a checkpoint of a run on its validation and test parts')
    .argument('<run>', 'a run folder')
    .addOption(
      new Option('--checkpoint <which>', 'which checkpoint').choices(['latest', 'best']).default('latest'),
    )
    .option(...backendOption)
    .action(async (run: string, options: EvaluateOptions) => {
      const { evaluate } = await import('./commands/evaluate.js');
      await evaluate(run, options);
    });

  runCommand(program.command('bops'))
    .description('counts the bit operations of a model or of a run')
    .argument('<model|run>', 'the name of a model, or a run folder')
    .option('--bits <number>', 'bits of weights and activations, 1 to 32; 32 unless given', integer(1, 32))
    .option('--weights <number>', 'bits of weights, 1 to 32', integer(1, 32))
    .option('--activations <number>', 'bits of activations, 1 to 32', integer(1, 32))
    .option('--bits-file <file>', 'bits of each layer: a bits file, or a list of numbers (.json)')
    .option('--classes <number>', "number of classes; the model's own unless given", integer(1))
    .option('--input-shape <HxWxC>', "shape of an image; the model's own unless given", shape)
    .addOption(
      new Option(
        '--convention <name>',
        'how first and last layers count: 8/8 as in the paper (of a model), or as they run (of a run)',
      ).choices(['paper', 'actual']),
    )
    .action(async (what: string, options: BopsOptions) => {
      const { bops } = await import('./commands/bops.js');
      await bops(what, options);
    });

  experimentCommand(program.command('plan'))
    .description('shows which plugin taps which hook, in order; trains nothing')
    .action(async (file: string, options: ExperimentOptions) => {
      const { plan } = await import('./commands/plan.js');
      await plan(file, options);
    });

  program
    .command('doctor')
    .description('measures a convolution on every engine; says what is missing and which command adds it')
    .option('--json', 'prints one JSON object on stdout and nothing else')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.js');
      await doctor(options);
    });

  const native = program.command('native').description('the native TensorFlow engine of this project');
  native
    .command('install')
    .description('installs it, or finds that it is there; goes on where it was interrupted')
    .option('--gpu', 'for an NVIDIA graphics processor')
    .option('--from <path>', "a wheel of TensorFlow, or an unpacked one, instead of the network's")
    .option('--dry-run', 'prints what it would do, and does nothing')
    .action(async (options: NativeInstallOptions) => {
      const { nativeInstall } = await import('./commands/native.js');
      await nativeInstall(options);
    });
  native
    .command('remove')
    .description('removes it')
    .action(async () => {
      const { nativeRemove } = await import('./commands/native.js');
      await nativeRemove();
    });

  return program;
}

const backendOption = ['--backend <name>', 'the engine: tensorflow, webgpu, wasm or cpu'] as const;

/** What every command takes that reads an experiment file. */
function experimentCommand(command: Command): Command {
  return overridable(
    command.argument('<file>', 'an experiment file: .ts, .js, .mjs or .json').option(...backendOption),
  );
}

/** What every command takes that reads a run. */
function runCommand(command: Command): Command {
  return overridable(
    command.option('--file <file>', 'the experiment file of a run whose folder cannot hold all of it'),
    ' of that file',
  );
}

function overridable(command: Command, which = ''): Command {
  return command
    .option(
      '--set <key=value>',
      `changes a setting${which}, optimizer.learningRate=0.1; repeatable`,
      collect,
      [],
    )
    .option('--seed <number>', `the seed${which}`, integer(0))
    .option('--json', 'prints one JSON object on stdout and nothing else');
}
