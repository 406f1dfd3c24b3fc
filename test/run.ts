import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// npm test -- [--backend ENGINE] [mocha's options] [files, instead of all]
const given = process.argv.slice(2);
const at = given.indexOf('--backend');
const [, engine] = at < 0 ? [] : given.splice(at, 2);
if (at >= 0 && engine === undefined) throw new Error('--backend takes the name of an engine');

const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin', 'mocha.js');
const { spec, ...settings } = JSON.parse(readFileSync('.mocharc.json', 'utf8')) as {
  readonly spec: readonly string[];
};
const options = Object.entries(settings).map(([name, value]) => `--${name}=${String(value)}`);
const files = given.some((argument) => argument.endsWith('.js')) ? [] : spec;

const { status } = spawnSync(process.execPath, [mocha, '--no-config', ...options, ...given, ...files], {
  stdio: 'inherit',
  env: { ...process.env, ...(engine === undefined ? {} : { FLATBIT_TEST_ENGINE: engine }) },
});
process.exitCode = status ?? 1;
