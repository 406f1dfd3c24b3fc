import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchCase } from './bench-case.js';

const here = new URL('.', import.meta.url);
const known = readdirSync(new URL('cases', here));
const [name] = process.argv.slice(2);

if (!name || !known.includes(name)) {
  console.error(`bench: takes the name of a case: ${known.join(', ')}`);
  process.exit(2);
}

const { bench } = (await import(new URL(`cases/${name}/case.js`, here).href)) as { bench: BenchCase };
const result = await bench();
console.log(result.title);
console.table(result.rows);
console.log(result.context);

const folder = new URL('../../runs/bench/', here);
mkdirSync(folder, { recursive: true });
const file = fileURLToPath(new URL(`${name}.json`, folder));
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`written to ${file}`);
