import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildEngine } from '../dist/native/build-engine.js';
import { engineFiles } from '../dist/native/engine-files.js';
import { installRequest, openWorkFolder, saveState } from '../dist/native/install-request.js';
import { tinyFiles, withRecord, writeZip } from './tiny-wheel.js';

describe('an engine that is built from a wheel that pip has downloaded', () => {
  let folder: string;
  let work: string;
  let downloads: string;
  let wheel: string;

  // As an installation leaves it that was interrupted behind the download.
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flatbit-build-'));
    work = join(folder, 'native.partial');
    downloads = join(folder, 'native.downloads');
    wheel = join(downloads, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
    const request = installRequest({});
    await openWorkFolder(work, request);
    await saveState(work, { request, ordinaryFailure: 'no network' });
    mkdirSync(engineFiles(work).tfjsNode, { recursive: true });
    writeFileSync(join(work, 'node_modules', '.package-lock.json'), '{}');
    mkdirSync(downloads);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function failure(): Promise<string> {
    const report = { step: () => undefined, progress: () => undefined, warn: () => undefined };
    return buildEngine(installRequest({}), work, downloads, report).then(
      () => 'it was built',
      ({ message }: Error) => message,
    );
  }

  it('gives up the download where a file is not what RECORD says', async () => {
    writeZip(wheel, withRecord(tinyFiles, ['tensorflow/libtensorflow_cc.so.2']));
    expect(await failure()).to.include('libtensorflow_cc.so.2 is damaged');
    expect(existsSync(downloads)).to.equal(false);
  });

  it('gives it up where it cannot be read either: the next call fetches it again', async () => {
    writeZip(wheel, withRecord(tinyFiles));
    truncateSync(wheel, 200);
    expect(await failure()).to.include(': is no wheel (');
    expect(existsSync(downloads)).to.equal(false);
  });

  it('keeps a good one where a step behind it fails', async () => {
    writeZip(wheel, withRecord(tinyFiles));
    // There is nothing to compile.
    expect(await failure()).to.match(/tfjs_backend\.cc/);
    expect(existsSync(wheel)).to.equal(true);
  });
});
