import { bindingCompilation, opsCompilation } from './compilations.js';
import { compilerArguments, findCompiler, type Compilation } from './compile.js';
import { engineFiles } from './engine-files.js';
import { installRequest, type InstallOptions } from './install-request.js';
import { opsSourceFolder, opsSources } from './native-ops.js';
import { nativePlaces } from './native-places.js';
import { npmInstallArguments, npmScriptArguments } from './npm.js';
import { findPip, pipArguments } from './pip.js';
import { diskSpace } from './require-disk-space.js';
import { requireNativeFolder } from './require-native-folder.js';
import { canBuild, platformName, requirePlatform, thisPlatform } from './require-platform.js';

/** A step of an installation. */
export interface PlannedStep {
  readonly title: string;
  /** The command that it runs, or what it does with which files. */
  readonly command: string;
  /** When it is run, if not always. */
  readonly when?: string;
}

/** What `installNative` would do here. */
export interface NativePlan {
  readonly platform: string;
  readonly folder: string;
  /** Bytes of disk that it takes at most. */
  readonly diskSpace: number;
  readonly steps: readonly PlannedStep[];
  /** What is not there yet that a step needs: one line each. */
  readonly missing: readonly string[];
}

/**
 * Plans an installation, from the same commands that it runs; does nothing.
 * @throws UsageError where `from` is given and an engine cannot be built from it.
 */
export async function planNative(options: InstallOptions): Promise<NativePlan> {
  const request = installRequest(options);
  const { gpu, from, packageName, version, distribution } = request;
  const { folder, work, downloads } = nativePlaces();
  requireNativeFolder(folder);
  const platform = thisPlatform();
  if (from !== null) requirePlatform(platform);
  const files = engineFiles(work, packageName);
  const problems: string[] = [];
  const orMissing = (error: unknown) => void problems.push((error as Error).message);
  const compiler = (await findCompiler().catch(orMissing)) ?? 'g++';
  const pip = from === null ? ((await findPip().catch(orMissing)) ?? ['pip']) : [];
  const compileCommand = (compilation: Compilation) => commandLine(compiler, compilerArguments(compilation));
  const ordinary: PlannedStep = {
    title: `install ${packageName} as it comes`,
    command: inFolder(files.tfjsNode, commandLine('npm', npmScriptArguments)),
  };
  const fetched: PlannedStep = {
    title: 'download TensorFlow',
    command: commandLine(pip[0]!, [...pip.slice(1), ...pipArguments([distribution], downloads)]),
  };
  const cuda: PlannedStep = {
    title: "download CUDA's libraries",
    command: commandLine(pip[0]!, [...pip.slice(1), ...pipArguments(['nvidia-…'], downloads)]),
    when: "for each that the wheel's extra and-cuda names",
  };
  const sources = opsSources(opsSourceFolder());
  const built: readonly PlannedStep[] = [
    ...(from === null ? [fetched, ...(gpu ? [cuda] : [])] : []),
    {
      title: 'unpack, comparing each file with RECORD',
      command: `${from ?? downloads}: headers → ${files.include}, libraries → ${files.libraries}${gpu ? `, CUDA's → ${files.cuda}` : ''}`,
    },
    {
      title: "compile tfjs-node's binding",
      command: inFolder(files.tfjsNode, compileCommand(bindingCompilation(files))),
    },
  ];
  const ops: PlannedStep = {
    title: 'compile the custom ops',
    command: compileCommand(opsCompilation(files, sources)),
    when: "where TensorFlow's C++ headers are",
  };
  const when = `where ${packageName} does not install as it comes`;
  return {
    platform: platformName(platform),
    folder,
    diskSpace: diskSpace(request),
    steps: [
      {
        title: 'fetch packages',
        command: commandLine('npm', npmInstallArguments(packageName, version, work)),
      },
      ...(from === null ? [ordinary] : []),
      ...(canBuild(platform) ? built.map((step) => (from === null ? { when, ...step } : step)) : []),
      ...(sources.length > 0 ? [ops] : []),
      { title: 'check', command: 'multiply a matrix in a process of its own' },
      { title: 'put in place', command: `rename ${work} to ${folder}` },
    ],
    missing: problems,
  };
}

/** A command as a shell takes it. */
function commandLine(program: string, args: readonly string[]): string {
  const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return [program, ...args].map((word) => (/^[\w@%+=:,./…-]+$/.test(word) ? word : quoted(word))).join(' ');
}

function inFolder(folder: string, command: string): string {
  return `${commandLine('cd', [folder])} && ${command}`;
}
