import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Member {
  readonly folder: string;
  readonly name: string;
  readonly manifest: {
    readonly dependencies?: Record<string, string>;
    readonly peerDependencies?: Record<string, string>;
  };
  readonly files: readonly { readonly path: string; readonly imports: readonly string[] }[];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

/** Every module that a file names: in static and in dynamic imports, and where it asks for a path. */
function importsOf(path: string): readonly string[] {
  const source = readFileSync(path, 'utf8');
  const named = source.matchAll(/(?:^|\n)(?:import|export)\b[^;]*?\bfrom '([^']+)'/g);
  const bare = source.matchAll(/(?:^|\n)import '([^']+)'/g);
  const dynamic = source.matchAll(/\bimport\('([^']+)'\)/g);
  // Not the `resolve` of a promise, whose argument is no path.
  const resolved = source.matchAll(/(?<!Promise)\.resolve\(['`]([^'`$]+)/g);
  const paths = source.matchAll(/(?<!\.)\bresolve\(['`]([\w@-]+\/[^'`$]*)/g);
  return [...named, ...bare, ...dynamic, ...resolved, ...paths]
    .map(([, name]) => name!)
    .filter((name) => !name.startsWith('.'));
}

const members: readonly Member[] = ['packages', 'plugins'].flatMap((group) =>
  readdirSync(join(root, group)).map((name): Member => {
    const folder = `${group}/${name}`;
    const manifest = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as Member['manifest'] & {
      name: string;
    };
    const files = filesBelow(join(root, folder, 'src')).map((path) => ({ path, imports: importsOf(path) }));
    return { folder, name: manifest.name, manifest, files };
  }),
);

/** `@flatbit/core/tokens` → `@flatbit/core`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** What a package may look at beside node's own modules and its libraries. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/quantizers': ['@flatbit/kernels'],
  'packages/kernels': [],
  'packages/core': ['@flatbit/kernels'],
  'packages/layers': ['@flatbit/core', '@flatbit/kernels'],
  'packages/optimizers': ['@flatbit/core', '@flatbit/kernels'],
  'packages/safetensors': ['@flatbit/core'],
  'packages/models': ['@flatbit/core', '@flatbit/safetensors'],
  'packages/data': ['@flatbit/core'],
  'packages/backends': ['@flatbit/core', '@flatbit/kernels'],
  'packages/testing': ['@flatbit/core'],
};

describe('the direction of dependencies', () => {
  for (const { folder, files } of members.filter(({ folder: name }) => name in allowed)) {
    it(`lets ${folder} look at ${['tfjs', ...allowed[folder]!].join(', ')} alone`, () => {
      for (const { path, imports } of files) {
        const inside = imports
          .map(packageOf)
          .filter((name) => name.startsWith('@flatbit/') || name === 'flatbit');
        expect(
          inside.filter((name) => !allowed[folder]!.includes(name)),
          path,
        ).to.deep.equal([]);
      }
    });
  }

  it('lets a plugin look at core, safetensors and the types of quantizers alone', () => {
    for (const { folder, files } of members.filter(({ folder: name }) => name.startsWith('plugins/'))) {
      for (const { path, imports } of files) {
        const inside = imports.filter((name) => name.startsWith('@flatbit/')).map(packageOf);
        expect(
          inside.filter(
            (name) => !['@flatbit/core', '@flatbit/safetensors', '@flatbit/quantizers'].includes(name),
          ),
          path,
        ).to.deep.equal([]);
        const values = /(?:^|\n)import (?!type)[^;]*from '@flatbit\/quantizers'/.test(
          readFileSync(path, 'utf8'),
        );
        expect(values, `${folder} imports values of quantizers`).to.equal(false);
      }
    }
  });

  it('lets nothing point at a plugin but experiment and the command', () => {
    for (const { folder, files } of members) {
      if (folder === 'packages/experiment' || folder === 'packages/cli') continue;
      const pointing = files.filter(({ imports }) =>
        imports.some((name) => name.startsWith('@flatbit/plugin-')),
      );
      expect(pointing.map(({ path }) => path)).to.deep.equal([]);
    }
  });

  it('keeps inversify in the modules of plugins and in experiment', () => {
    for (const { folder, files } of members) {
      if (folder === 'packages/experiment') continue;
      const pointing = files.filter(({ imports }) =>
        imports.some((name) => /^(inversify|reflect-metadata)/.test(name)),
      );
      for (const { path } of pointing) expect(path).to.match(/plugins\/[^/]+\/src\/module\.ts$/);
    }
  });

  it('keeps tapable in core', () => {
    const pointing = members.filter(({ files }) => files.some(({ imports }) => imports.includes('tapable')));
    expect(pointing.map(({ folder }) => folder)).to.deep.equal(['packages/core']);
  });

  it('keeps Node out of what a browser loads', () => {
    for (const folder of ['core', 'quantizers', 'kernels', 'layers', 'optimizers', 'safetensors', 'models']) {
      const { files } = members.find(({ folder: name }) => name === `packages/${folder}`)!;
      const pointing = files.filter(({ imports }) => imports.some((name) => name.startsWith('node:')));
      expect(pointing.map(({ path }) => path)).to.deep.equal([]);
    }
  });

  for (const { folder, manifest, files, name: own } of members) {
    it(`of ${folder} are those that its package.json declares`, () => {
      const used = new Set(
        files
          .flatMap(({ imports }) => imports)
          .filter((name) => !name.startsWith('node:'))
          .map(packageOf),
      );
      used.delete(own);
      const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
      const optional = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];
      for (const name of used) {
        if (!optional.includes(name))
          expect(Object.keys(declared), `${folder} uses ${name}`).to.include(name);
      }
      // A program brings the peers of the libraries that it uses.
      const peers = members
        .filter(({ name }) => name in declared)
        .flatMap((member) => Object.keys(member.manifest.peerDependencies ?? {}));
      for (const name of Object.keys(declared)) {
        if (!peers.includes(name)) expect([...used], `${folder} declares ${name}`).to.include(name);
      }
    });
  }

  it('of examples, bench and tests are in the root package.json, or are ours', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const declared = [...Object.keys(devDependencies), ...members.map(({ name }) => name)];
    const folders = ['examples', 'bench', 'test', ...members.map(({ folder }) => `${folder}/test`)];
    const sources = folders
      .flatMap((folder) => filesBelow(join(root, folder)))
      .filter((path) => !path.includes('/dist/'));
    for (const path of sources) {
      const used = importsOf(path)
        .filter((name) => !name.startsWith('node:'))
        .map(packageOf);
      for (const name of used) expect(declared, `${path} uses ${name}`).to.include(name);
    }
  });

  it('has one README per package', () => {
    for (const { folder } of members)
      expect(existsSync(join(root, folder, 'README.md')), folder).to.equal(true);
  });
});
