import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Training, type TrainingState, UsageError } from '@flatbit/core';
import {
  type CheckpointManifest,
  latestCheckpoint,
  loadCheckpoint,
  restoreTraining,
  saveCheckpoint,
} from '@flatbit/plugin-checkpoint';
import { readSafetensors } from '@flatbit/safetensors';
import {
  collectState,
  expectNoTensorLeak,
  expectSameVariables,
  readVariables,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { temporaryFolder } from './temporary-folder.js';

/** All that a state holds, for comparison. */
const contentsOf = (state: TrainingState) =>
  state.owners().map((owner) => ({ owner, ...state.section(owner) }));

async function refused(promise: Promise<unknown>, message: RegExp | string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(UsageError);
  const { message: line } = error as Error;
  expect(line).to.match(
    message instanceof RegExp ? message : new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
  );
  expect(line).not.to.include('\n');
}

describe('saveCheckpoint', () => {
  let training: Training;

  before(() => tf.setBackend(testEngine));
  beforeEach(async () => {
    training = tinyTraining();
    await takeSteps(training, tinyBatches(), 4);
  });
  afterEach(() => training.dispose());

  it('stores a state that loads as it was, and leaves no tensor', async () => {
    const folder = temporaryFolder();
    const state = await collectState(training);
    await expectNoTensorLeak(async () => {
      const path = await saveCheckpoint(training.hooks, folder);
      expect(contentsOf((await loadCheckpoint(path)).state)).to.deep.equal(contentsOf(state));
    });
  });

  it('makes the folders that are missing, and names the checkpoint after its position', async () => {
    const folder = join(temporaryFolder(), 'runs', 'one', 'checkpoints');
    const path = await saveCheckpoint(training.hooks, folder);
    expect(path).to.equal(join(folder, 'epoch-0001-step-000004'));
    expect(readdirSync(folder)).to.deep.equal(['epoch-0001-step-000004']);
    expect(readdirSync(path).sort()).to.deep.equal(['manifest.json', 'tensors.safetensors']);
  });

  it('stores tensors of all sections under section and name', async () => {
    const path = await saveCheckpoint(training.hooks, temporaryFolder());
    const { tensors } = readSafetensors(readFileSync(join(path, 'tensors.safetensors')));
    expect([...tensors.keys()].slice(0, 3)).to.deep.equal([
      'variables/dense1/kernel',
      'variables/dense1/bias',
      'variables/batchNorm/scale',
    ]);
    expect([...tensors.keys()]).to.include('optimizer/dense2/bias/momentum');
    expect(tensors.get('variables/dense1/kernel')!.data).to.deep.equal(
      training.variables.get('dense1/kernel')!.variable.dataSync(),
    );
  });

  it('says in the manifest what the file is, where training stands, and what it ran on', async () => {
    const path = await saveCheckpoint(training.hooks, temporaryFolder(), {
      manifest: {
        seed: 7,
        engine: { threads: 2 },
        versions: { flatbit: '0.1.0' },
        experiment: { rho: 0.05 },
      },
      score: { metric: 'accuracy', mode: 'max', value: 0.75 },
    });
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'));
    const file = readFileSync(join(path, 'tensors.safetensors'));
    const { sections, checksum, ...rest } = manifest;
    expect(rest).to.deep.equal({
      seed: 7,
      experiment: { rho: 0.05 },
      format: 'flatbit-checkpoint',
      schemaVersion: 1,
      position: { epoch: 1, step: 4, stepInEpoch: 1 },
      score: { metric: 'accuracy', mode: 'max', value: 0.75 },
      engine: { name: testEngine, threads: 2 },
      versions: { node: process.versions.node, tfjs: tf.version['tfjs-core'], flatbit: '0.1.0' },
      tensors: {
        file: 'tensors.safetensors',
        bytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
      },
    });
    expect(Object.keys(sections)).to.deep.equal(['variables', 'optimizer', 'position']);
    expect(sections.optimizer).to.deep.equal({ name: 'plain-sgd' });
    expect(checksum).to.match(/^[0-9a-f]{64}$/);
  });

  it('keeps an older checkpoint of the same step until the new one is in place', async () => {
    const folder = temporaryFolder();
    await saveCheckpoint(training.hooks, folder);
    const again = await saveCheckpoint(training.hooks, folder);
    expect(basename(again)).to.equal('epoch-0001-step-000004-r2');
    expect(await latestCheckpoint(folder)).to.equal(again);
    expect(readdirSync(folder)).to.have.length(2);
  });

  it('refuses state that it could not give back, and stores nothing', async () => {
    const folder = join(temporaryFolder(), 'none');
    training.hooks.collectState.tap('ema', (state) => {
      state.section('ema').values = { decay: [0.9, NaN] };
    });
    await refused(
      saveCheckpoint(training.hooks, folder),
      'state of "ema".decay[1] is NaN, which JSON cannot hold',
    );
    expect(() => readdirSync(folder)).to.throw('ENOENT');
  });

  it('refuses a section with a slash, and fields of its own', async () => {
    const folder = temporaryFolder();
    await refused(
      saveCheckpoint(training.hooks, folder, { manifest: { sections: {} } }),
      'checkpoint.manifest: field "sections" is the checkpoint\'s own; name it otherwise',
    );
    training.hooks.collectState.tap('ema', (state) => void state.section('ema/slow'));
    await refused(saveCheckpoint(training.hooks, folder), '"ema/slow" cannot be the name of a section');
  });

  it('keeps a plugin tensor of each dtype', async () => {
    training.hooks.collectState.tap('mask', (state) => {
      const { tensors } = state.section('mask');
      tensors.set('kept', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) });
      tensors.set('count', { dtype: 'int32', shape: [], data: Int32Array.of(-5) });
    });
    const { state } = await loadCheckpoint(await saveCheckpoint(training.hooks, temporaryFolder()));
    expect(contentsOf(state)).to.deep.equal(contentsOf(await collectState(training)));
  });
});

describe('loadCheckpoint', () => {
  let path: string;

  before(async () => {
    await tf.setBackend(testEngine);
  });
  beforeEach(async () => {
    const training = tinyTraining();
    await takeSteps(training, tinyBatches(), 1);
    path = await saveCheckpoint(training.hooks, temporaryFolder());
    training.dispose();
  });

  const manifestOf = () => join(path, 'manifest.json');
  const tensorsOf = () => join(path, 'tensors.safetensors');

  /** Writes a manifest that is changed and vouches for itself. */
  function forge(change: (manifest: Record<string, unknown>) => void): void {
    const content = JSON.parse(readFileSync(manifestOf(), 'utf8'));
    delete content.checksum;
    change(content);
    const checksum = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    writeFileSync(manifestOf(), JSON.stringify({ ...content, checksum }));
  }

  it('says what is missing', async () => {
    await refused(loadCheckpoint(join(path, 'no')), /^checkpoint ".*\/no": there is no such folder$/);
    await refused(
      loadCheckpoint(join(path, '..')),
      'manifest.json is missing; give the path of a folder named epoch-…',
    );
    rmSync(tensorsOf());
    await refused(loadCheckpoint(path), `checkpoint "${path}": tensors.safetensors is missing`);
  });

  it('refuses a truncated file, wherever it ends', async () => {
    for (const file of [tensorsOf(), manifestOf()]) {
      const whole = readFileSync(file);
      for (const length of [0, 1, 7, 8, 9, Math.floor(whole.length / 2), whole.length - 2]) {
        truncateSync(file, length);
        await refused(
          loadCheckpoint(path),
          /tensors\.safetensors has \d+ bytes, and \d+ were written|is not JSON/,
        );
        writeFileSync(file, whole);
      }
    }
    await loadCheckpoint(path);
  });

  it('refuses tensors of which one bit is another', async () => {
    const whole = readFileSync(tensorsOf());
    for (let at = 0; at < whole.length; at += 13) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(tensorsOf(), bytes);
      await refused(loadCheckpoint(path), /^checkpoint ".*": /);
    }
    const last = Buffer.from(whole);
    last[whole.length - 1]! ^= 1;
    writeFileSync(tensorsOf(), last);
    await refused(loadCheckpoint(path), 'tensors.safetensors is not as it was written (checksum mismatch)');
  });

  it('refuses a manifest that says something else', async () => {
    const text = readFileSync(manifestOf(), 'utf8');
    const whole = await loadCheckpoint(path);
    for (let at = 0; at < text.length; at += 11) {
      const bytes = Buffer.from(text);
      bytes[at]! ^= 1;
      writeFileSync(manifestOf(), bytes);
      const loaded = await loadCheckpoint(path).catch((error: unknown) => {
        expect(error).to.be.instanceOf(UsageError);
      });
      // A space that became another character that means nothing.
      if (loaded) expect(loaded.manifest).to.deep.equal(whole.manifest);
    }
    writeFileSync(manifestOf(), text.replace('"step": 1', '"step": 2'));
    await refused(loadCheckpoint(path), 'manifest.json is not as it was written (checksum mismatch)');
  });

  it('refuses what a forger could write', async () => {
    forge((manifest) => Object.assign(manifest['tensors'] as object, { file: '../../secret' }));
    await refused(loadCheckpoint(path), 'manifest.json names ../../secret, not tensors.safetensors');
    writeFileSync(manifestOf(), '[]');
    await refused(loadCheckpoint(path), 'manifest.json is not that of a checkpoint');
    writeFileSync(manifestOf(), '3');
    await refused(loadCheckpoint(path), 'manifest.json is not a JSON object');
  });

  it('refuses a tensor that is in no section', async () => {
    forge((manifest) => delete (manifest['sections'] as Record<string, unknown>)['optimizer']);
    await refused(
      loadCheckpoint(path),
      'tensor "optimizer/dense1/kernel/momentum" is in no section of the manifest',
    );
  });

  it('refuses a newer schema before anything else of it', async () => {
    writeFileSync(manifestOf(), '{"format":"flatbit-checkpoint","schemaVersion":2,"new":true}');
    await refused(
      loadCheckpoint(path),
      `checkpoint "${path}": manifest.json has schema 2, and this version reads 1; update flatbit`,
    );
    writeFileSync(manifestOf(), '{"format":"flatbit-checkpoint"}');
    await refused(
      loadCheckpoint(path),
      'manifest.json has schema undefined, and this version reads 1; there is no such schema',
    );
  });
});

describe('latestCheckpoint', () => {
  before(() => tf.setBackend(testEngine));

  /** Three checkpoints, oldest first. */
  async function three(): Promise<{ folder: string; paths: string[] }> {
    const training = tinyTraining();
    const folder = temporaryFolder();
    const paths: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      await takeSteps(training, tinyBatches(), 1);
      paths.push(await saveCheckpoint(training.hooks, folder));
    }
    training.dispose();
    return { folder, paths };
  }

  it('is the one after the most steps', async () => {
    const { folder, paths } = await three();
    expect(await latestCheckpoint(folder)).to.equal(paths[2]);
  });

  it('goes back to the newest whole one, and says so', async () => {
    const { folder, paths } = await three();
    truncateSync(join(paths[2]!, 'tensors.safetensors'), 100);
    rmSync(join(paths[1]!, 'manifest.json'));
    const warnings: string[] = [];
    expect(await latestCheckpoint(folder, { warn: (line) => warnings.push(line) })).to.equal(paths[0]);
    expect(warnings).to.have.length(2);
    expect(warnings[0]).to.match(
      /^checkpoint ".*step-000003": tensors.safetensors has 100 bytes, and \d+ were written; going back/,
    );
    expect(warnings[1]).to.match(/step-000002": manifest.json is missing.*going back to the one before it$/);
  });

  it('is undefined where there is none', async () => {
    expect(await latestCheckpoint(temporaryFolder())).to.equal(undefined);
    expect(await latestCheckpoint('/no/such/folder')).to.equal(undefined);
  });

  it('sorts by number, beyond the digits that names are padded to', async () => {
    const training = tinyTraining();
    const folder = temporaryFolder();
    Object.assign(training.position, { epoch: 9, step: 999_999 });
    await saveCheckpoint(training.hooks, folder);
    Object.assign(training.position, { epoch: 10, step: 1_000_000 });
    const path = await saveCheckpoint(training.hooks, folder);
    expect(basename(path)).to.equal('epoch-0010-step-1000000');
    expect(await latestCheckpoint(folder)).to.equal(path);
    training.dispose();
  });
});

describe('restoreTraining', () => {
  before(() => tf.setBackend(testEngine));

  async function saved(
    plugins = tinyTraining(),
  ): Promise<{ folder: string; path: string; training: Training }> {
    await takeSteps(plugins, tinyBatches(), 2);
    const folder = temporaryFolder();
    return { folder, path: await saveCheckpoint(plugins.hooks, folder), training: plugins };
  }

  /** A training elsewhere, and what it warned of. */
  function elsewhere() {
    const warnings: string[] = [];
    return { training: tinyTraining([], { seed: 3, warn: (line) => warnings.push(line) }), warnings };
  }

  it('takes a checkpoint, or the newest of a folder', async () => {
    const { folder, path, training } = await saved();
    for (const from of [folder, path]) {
      const other = elsewhere();
      const restored = await restoreTraining(other.training, from);
      expect(restored.path).to.equal(path);
      expect(restored.manifest.position.step).to.equal(2);
      expectSameVariables(await readVariables(other.training), await readVariables(training));
      expect(other.training.position).to.deep.equal(training.position);
      expect(other.warnings).to.deep.equal([]);
      other.training.dispose();
    }
    training.dispose();
  });

  it('says through the training that it went back', async () => {
    const { folder, path, training } = await saved();
    await takeSteps(training, tinyBatches(), 1);
    truncateSync(join(await saveCheckpoint(training.hooks, folder), 'tensors.safetensors'), 8);
    const other = elsewhere();
    expect((await restoreTraining(other.training, folder)).path).to.equal(path);
    expect(other.warnings).to.have.length(1);
    other.training.dispose();
    training.dispose();
  });

  it('warns of another engine, version or thread count, and goes on', async () => {
    const { training, folder } = await saved();
    const path = await saveCheckpoint(training.hooks, folder, {
      manifest: { engine: { name: 'other', threads: 4, simd: true }, versions: { tfjs: '4.21.0' } },
    });
    const other = elsewhere();
    await restoreTraining(other.training, path, { manifest: { engine: { threads: 2, flags: 'none' } } });
    expect(other.warnings).to.deep.equal([
      `checkpoint "${path}": engine.name was "other", is "${testEngine}"; engine.threads was 4, is 2; ` +
        `versions.tfjs was "4.21.0", is "${tf.version['tfjs-core']}"; going on, but not bit for bit`,
    ]);
    expectSameVariables(await readVariables(other.training), await readVariables(training));
    other.training.dispose();
    training.dispose();
  });

  it('warns of state of a plugin that is not there', async () => {
    const plugin = {
      name: 'ema',
      apply: ({ collectState: collect }: Training['hooks']) =>
        collect.tap('ema', (state) => {
          state.section('ema').values = { decay: 0.9 };
        }),
    };
    const { path, training } = await saved(tinyTraining([plugin]));
    const other = elsewhere();
    await restoreTraining(other.training, path);
    expect(other.warnings).to.deep.equal([
      `checkpoint "${path}" holds state of ema, which this training does not have`,
    ]);
    other.training.dispose();
    training.dispose();
  });

  it('says so where there is nothing to restore', async () => {
    const { training } = elsewhere();
    const folder = temporaryFolder();
    await refused(
      restoreTraining(training, folder),
      `"${folder}" holds no whole checkpoint; give the path of one, or of a folder with epoch-… in it`,
    );
    training.dispose();
  });

  it('passes on that a checkpoint does not fit', async () => {
    const { path, training } = await saved();
    const clipped = tinyTraining([
      {
        name: 'clip',
        apply: ({ prepare }) =>
          prepare.tap('clip', (_, variables) => {
            variables.create({ owner: 'clip', key: 'clip', role: 'weightClip', shape: [] });
          }),
      },
    ]);
    await refused(restoreTraining(clipped, path), 'clip is missing');
    clipped.dispose();
    training.dispose();
  });
});

describe('a manifest', () => {
  it('has a type that says what it holds', () => {
    const position: CheckpointManifest['position'] = { epoch: 0, step: 0, stepInEpoch: 0 };
    // @ts-expect-error a manifest is not changed
    position.step = 1;
    expect(position.step).to.equal(1);
  });
});
