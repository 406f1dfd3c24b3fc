import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The `ts` and `js` blocks of a Markdown file, in order. */
export function codeBlocks(path: string): readonly string[] {
  return [...readFileSync(join(root, path), 'utf8').matchAll(/```(?:ts|js)\n([\s\S]*?)```/g)].map(
    ([, code]) => code!,
  );
}

/** Compiles a block and runs it as a module of this repository. */
export async function runBlock(code: string, name: string): Promise<void> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  const path = join(root, 'test/dist/blocks', `${name.replace(/\W+/g, '-')}.mjs`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, outputText);
  try {
    await import(pathToFileURL(path).href);
  } finally {
    rmSync(path);
  }
}
