import { UsageError } from '@flatbit/core';
import { Command, CommanderError } from 'commander';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchCase, BenchResult } from './bench-case.js';

const here = new URL('.', import.meta.url);
const program = new Command('bench').description('measures what flatbit costs, side by side').exitOverride();

for (const name of readdirSync(new URL('cases', here))) {
  const { options = [], bench } = (await import(new URL(`cases/${name}/case.js`, here).href)) as BenchCase;
  const command = program.command(name).action(async (asked: object) => show(name, await bench(asked)));
  for (const option of options) command.addOption(option);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UsageError) console.error(`bench: ${error.message}`);
  else if (!(error instanceof CommanderError)) throw error;
  process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : 2);
}

function show(name: string, result: BenchResult): void {
  console.log(result.title);
  console.table(result.rows);
  for (const [title, rows] of Object.entries(result.tables ?? {})) {
    console.log(title);
    console.table(rows);
  }
  console.log(result.context);
  const folder = new URL('../../runs/bench/', here);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL(`${name}.json`, folder));
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written to ${file}`);
}
