import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of this repository. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** The engine that this repository has, if it has one. */
export const installedEngine = join(repository, '.flatbit', 'native');

/** Where tfjs-node lies in a folder. */
export const tfjsNode = join('node_modules', '@tensorflow', 'tfjs-node');

/**
 * A project with `@flatbit/backends` among its packages and no native engine. It lies below this repository, whose other packages,
 * TF.js for one, Node finds on its way up.
 */
export class ScratchProject {
  readonly folder: string;
  readonly native: string;

  constructor() {
    mkdirSync(join(repository, 'tmp'), { recursive: true });
    this.folder = mkdtempSync(join(repository, 'tmp', 'project-'));
    this.native = join(this.folder, '.flatbit', 'native');
    const backends = join(this.folder, 'node_modules', '@flatbit', 'backends');
    for (const name of ['package.json', 'dist']) {
      cpSync(join(repository, 'packages', 'backends', name), join(backends, name), { recursive: true });
    }
  }

  /** Writes a file of this project, and returns its path. */
  write(path: string, content: string): string {
    const whole = join(this.folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
    return whole;
  }

  /** Installs a package of one CommonJS file. */
  install(name: string, source: string): void {
    const folder = join('node_modules', ...name.split('/'));
    this.write(join(folder, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
    this.write(join(folder, 'index.js'), source);
  }

  /** Copies what is small of this repository's engine into the project, points to the rest, and returns tfjs-node's folder. */
  copyEngine(): string {
    const modules = join(installedEngine, 'node_modules');
    const original = join(installedEngine, tfjsNode);
    const copied = join(this.native, tfjsNode);
    cpSync(original, copied, { recursive: true, filter: (path) => !path.startsWith(join(original, 'deps')) });
    symlinkSync(join(original, 'deps'), join(copied, 'deps'));
    for (const name of readdirSync(modules).filter((name) => name !== '@tensorflow')) {
      symlinkSync(join(modules, name), join(this.native, 'node_modules', name));
    }
    return copied;
  }

  /** Runs a module in this project, with `tf`, `selectEngine` and `print` (as JSON) at hand. */
  async run(script: string, env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
    const main = this.write(
      'main.mjs',
      `import * as tf from '@tensorflow/tfjs';
       import { selectEngine } from '@flatbit/backends';
       const print = (value) => console.log(JSON.stringify(value));
       ${script}`,
    );
    return promisify(execFile)(process.execPath, [main], {
      env: { ...process.env, FLATBIT_NATIVE: this.native, ...env },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
