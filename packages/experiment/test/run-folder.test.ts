import { openRunFolder, type RunFolderOptions } from '@flatbit/experiment';
import { expect } from 'chai';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';
import { wrongUse } from './wrong-use.js';

describe('openRunFolder', () => {
  let folder: string;
  const settings = { epochs: 3, optimizer: { name: 'sgd', learningRate: 0.1 }, bits: 4 };

  beforeEach(() => {
    folder = join(temporaryFolder(), 'run');
  });

  const open = (options: RunFolderOptions = {}, given: typeof settings = settings) =>
    openRunFolder(folder, given, options).prepare();

  function pretendRun(): void {
    mkdirSync(join(folder, 'checkpoints', 'epoch-0001'), { recursive: true });
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify({ settings, engine: {} }));
    writeFileSync(join(folder, 'metrics.jsonl'), '');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
  }

  it('makes a folder that is not there, with those above it', () => {
    open();
    expect(readdirSync(folder)).to.deep.equal(['plots']);
  });

  it('touches nothing before it is prepared', () => {
    openRunFolder(folder, settings, {});
    expect(existsSync(folder)).to.equal(false);
  });

  it('takes an empty folder', () => {
    mkdirSync(folder);
    open();
    expect(readdirSync(folder)).to.deep.equal(['plots']);
  });

  it('refuses one that is not empty', async () => {
    pretendRun();
    expect(await wrongUse(open)).to.equal(
      `${folder}: exists and is not empty; resume the run in it, overwrite it, or give another folder (--resume, --overwrite, --out)`,
    );
  });

  it('overwrites a run, and leaves what is not of a run', () => {
    pretendRun();
    open({ overwrite: true });
    expect(readdirSync(folder).sort()).to.deep.equal(['notes.txt', 'plots']);
  });

  it('refuses to overwrite a folder that holds no run', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(await wrongUse(() => open({ overwrite: true }))).to.equal(
      `${folder}: no run is there (no experiment.json); give the folder of a run`,
    );
    expect(readdirSync(folder)).to.deep.equal(['thesis.txt']);
  });

  it('refuses to overwrite where experiment.json is of someone else', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'experiment.json'), '{"epochs": 3}');
    expect(await wrongUse(() => open({ overwrite: true }))).to.equal(
      `${join(folder, 'experiment.json')}: not written by a run; give the folder of a run`,
    );
  });

  it('overwrites what is not there', () => {
    open({ overwrite: true });
    expect(readdirSync(folder)).to.deep.equal(['plots']);
  });

  it('resumes a run with the same settings', () => {
    pretendRun();
    open({ resume: true });
    expect(readdirSync(folder)).to.include.members(['checkpoints', 'experiment.json', 'metrics.jsonl']);
  });

  it('resumes with more epochs, and not with fewer', async () => {
    pretendRun();
    open({ resume: true }, { ...settings, epochs: 5 });
    expect(await wrongUse(() => open({ resume: true }, { ...settings, epochs: 2 }))).to.include(
      'epochs was 3 and is 2',
    );
  });

  it('lists the settings that differ', async () => {
    pretendRun();
    const other = { ...settings, bits: 3, optimizer: { name: 'sgd', learningRate: 0.2 } };
    expect(await wrongUse(() => open({ resume: true }, other))).to.equal(
      `${folder}: the run in it has other settings: optimizer.learningRate was 0.1 and is 0.2; bits was 4 and is 3; ` +
        'resume with the same ones (epochs may be raised)',
    );
  });

  it('refuses to resume what is not there', async () => {
    expect(await wrongUse(() => open({ resume: true }))).to.equal(
      `${folder}: no run is there (no experiment.json); give the folder of a run`,
    );
  });

  it('refuses to do both', async () => {
    expect(await wrongUse(() => open({ resume: true, overwrite: true }))).to.equal(
      `${folder}: got both resume and overwrite; takes one of them`,
    );
  });

  it('refuses a file', async () => {
    writeFileSync(folder, '');
    expect(await wrongUse(open)).to.equal(`${folder}: not a folder; give another one for the run`);
  });
});
