import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOps, opsDigest } from '../dist/native/build-ops.js';
import { engineFiles } from '../dist/native/engine-files.js';
import { builtOps, opsFiles } from '../dist/native/native-ops.js';
import { installedEngine, ScratchProject } from './scratch-project.js';

/** An addon that the loader takes, in a function of this name. */
const addon = (name: string) =>
  `#include <node_api.h>\nextern "C" int ${name}() { return 1; }\nNAPI_MODULE_INIT() { return exports; }\n`;

describe('the compiled ops', () => {
  let project: ScratchProject;
  let sources: string;

  beforeEach(() => {
    project = new ScratchProject();
    sources = join(project.folder, 'sources');
    project.write('sources/ops.cc', addon('one'));
  });

  afterEach(() => {
    project.remove();
  });

  it('have a digest of their sources and headers and of TensorFlow, wherever they lie', () => {
    const digest = (folder: string, tensorflow = '2.21.0') =>
      opsDigest([join(project.folder, folder, 'ops.cc'), join(project.folder, folder, 'ops.h')], tensorflow);
    project.write('sources/ops.h', '');
    for (const name of ['ops.cc', 'ops.h']) {
      project.write(`moved/${name}`, readFileSync(join(sources, name), 'utf8'));
    }
    const first = digest('sources');
    expect(digest('moved')).to.equal(first);
    expect(digest('sources', '2.22.0')).not.to.equal(first);
    project.write('sources/ops.h', '#pragma once\n');
    expect(digest('sources')).not.to.equal(first);
  });

  describe('in an engine', () => {
    before(function () {
      // The engine is optional; .ci/run says whether it is there.
      if (!existsSync(engineFiles(installedEngine).nodeApi)) this.skip();
    });

    /** Builds the ops, and gives what was said. */
    async function build(): Promise<readonly string[]> {
      const said: string[] = [];
      await buildOps(
        engineFiles(project.native),
        '2.21.0',
        {
          step: (text) => said.push(text),
          progress: () => undefined,
          warn: (text) => said.push(`warning: ${text}`),
        },
        sources,
      );
      return said;
    }

    it('are built once, and again when a source has changed', async () => {
      project.copyEngine();
      expect(builtOps(project.native)).to.equal(undefined);
      expect(await build()).to.deep.equal(['compiling 1 file(s) of custom ops']);
      const path = builtOps(project.native);
      expect(path).to.equal(join(project.native, 'ops', 'flatbit_ops.node'));
      expect(readFileSync(path!).includes('two')).to.equal(false);
      expect(await build()).to.deep.equal([]);
      project.write('sources/ops.cc', addon('two'));
      expect(await build()).to.have.length(1);
      expect(readFileSync(path!).includes('two')).to.equal(true);
    });

    it('are left out with a warning when they do not compile, or do not load', async () => {
      project.copyEngine();
      await build();
      project.write('sources/ops.cc', 'no C++');
      expect((await build())[1]).to.match(
        /^warning: custom ops left out, the engine works without them: .*ops\.cc:1:1: error: /,
      );
      expect(builtOps(project.native)).to.equal(undefined);
      project.write('sources/ops.cc', 'extern "C" int missing(); int used = missing();\n');
      expect((await build())[1]).to.match(/^warning: custom ops left out, .*undefined symbol: missing/);
      expect(existsSync(join(project.native, 'ops'))).to.equal(false);
    });

    it('stay out on a processor that they were not compiled for', async () => {
      project.copyEngine();
      await build();
      const { manifest } = opsFiles(project.native);
      const written = JSON.parse(readFileSync(manifest, 'utf8')) as object;
      writeFileSync(manifest, JSON.stringify({ ...written, processor: 'another' }));
      expect(builtOps(project.native)).to.equal(undefined);
      expect(await build()).to.have.length(1);
      expect(builtOps(project.native)).to.be.a('string');
    });
  });
});
