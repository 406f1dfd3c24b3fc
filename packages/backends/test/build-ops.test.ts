import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOps } from '../dist/native/build-ops.js';
import { engineFiles } from '../dist/native/engine-files.js';
import { opsIn, opsManifest } from '../dist/native/native-ops.js';
import { opsFiles } from '../dist/native/ops-files.js';
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
      opsManifest(tensorflow, join(project.folder, folder)).digest;
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

    const state = () => opsIn(project.native, opsManifest('2.21.0', sources));

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
      expect(state()).to.equal('none');
      expect(await build()).to.deep.equal(['compiling 1 file(s) of custom ops']);
      const path = opsFiles(project.native).addon;
      expect(state()).to.equal('wanted');
      expect(readFileSync(path).includes('two')).to.equal(false);
      expect(await build()).to.deep.equal([]);
      project.write('sources/ops.cc', addon('two'));
      expect(state()).to.equal('other');
      expect(await build()).to.have.length(1);
      expect(readFileSync(path).includes('two')).to.equal(true);
    });

    it('are left out with a warning when they do not compile, or do not load', async () => {
      project.copyEngine();
      await build();
      project.write('sources/ops.cc', 'no C++');
      expect((await build())[1]).to.match(
        /^warning: custom ops left out, the engine works without them: .*ops\.cc:1:1: error: /,
      );
      expect(state()).to.equal('none');
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
      expect(state()).to.equal('other');
      expect(await build()).to.have.length(1);
      expect(state()).to.equal('wanted');
    });
  });
});
