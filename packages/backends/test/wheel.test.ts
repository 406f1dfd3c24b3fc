import { expect } from 'chai';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cudaRequirements } from '../dist/native/download-wheels.js';
import { engineFiles, targetOf } from '../dist/native/engine-files.js';
import { unpackWheel } from '../dist/native/unpack-wheel.js';
import { parseWheelRecord } from '../dist/native/wheel-record.js';
import { openTensorflowWheel } from '../dist/native/tensorflow-wheel.js';
import { openWheel } from '../dist/native/wheel.js';
import { tinyFiles, withRecord, writeFolder, writeZip } from './tiny-wheel.js';

describe('a wheel of TensorFlow', () => {
  let folder: string;
  let wheelPath: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flatbit-wheel-'));
    wheelPath = join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const engine = () => engineFiles(join(folder, 'engine'));
  const unpack = async (path: string) => {
    const wheel = await openWheel(path);
    try {
      return await unpackWheel(
        wheel,
        (name) => targetOf(name, engine(), false),
        () => undefined,
      );
    } finally {
      wheel.close();
    }
  };
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('is read packed and unpacked, from its folder and from the one that holds that', async () => {
    writeZip(wheelPath, withRecord(tinyFiles));
    writeFolder(join(folder, 'site-packages'), withRecord(tinyFiles));
    for (const path of [
      wheelPath,
      join(folder, 'site-packages'),
      join(folder, 'site-packages', 'tensorflow'),
    ]) {
      const wheel = await openTensorflowWheel(path);
      wheel.close();
      expect(wheel.name).to.match(/^tensorflow_cpu-2\.21\.0/);
      expect(wheel.record?.size).to.equal(4);
    }
  });

  it('gives its headers and libraries, and nothing else', async () => {
    writeZip(wheelPath, withRecord(tinyFiles));
    expect(await unpack(wheelPath)).to.equal(3);
    const { include, libraries } = engine();
    expect(readFileSync(join(include, 'tensorflow', 'c', 'c_api.h'), 'utf8')).to.equal('// C API');
    expect(readFileSync(join(libraries, 'libtensorflow_cc.so.2'), 'utf8')).to.equal('everything');
    expect(existsSync(join(folder, 'engine', 'tensorflow'))).to.equal(false);
  });

  it('is refused when a file is not what RECORD says, and that file does not get its name', async () => {
    writeZip(wheelPath, withRecord(tinyFiles, ['tensorflow/libtensorflow_cc.so.2']));
    expect((await refusal(unpack(wheelPath)))?.message).to.match(
      /: tensorflow\/libtensorflow_cc\.so\.2 is damaged \(its SHA-256 is not that of RECORD\); get the wheel again$/,
    );
    expect(existsSync(join(engine().libraries, 'libtensorflow_framework.so.2'))).to.equal(true);
    expect(existsSync(join(engine().libraries, 'libtensorflow_cc.so.2'))).to.equal(false);
  });

  it('is refused when it holds a library that RECORD does not know', async () => {
    const { 'tensorflow/libtensorflow_cc.so.2': added, ...recorded } = tinyFiles;
    writeZip(wheelPath, { ...withRecord(recorded), 'tensorflow/libtensorflow_cc.so.2': added! });
    expect((await refusal(unpack(wheelPath)))?.message).to.include('is not in its RECORD');
  });

  it('goes on where it was interrupted, and unpacks no file twice', async () => {
    writeFolder(join(folder, 'site-packages'), withRecord(tinyFiles));
    const wheel = await openWheel(join(folder, 'site-packages'));
    const opened: string[] = [];
    let failing = true;
    const files = wheel.files.map((file) => ({
      ...file,
      open: () => {
        opened.push(file.path);
        if (failing && file.path.endsWith('libtensorflow_cc.so.2')) throw new Error('the power went');
        return file.open();
      },
    }));
    const go = () =>
      unpackWheel(
        { ...wheel, files },
        (name) => targetOf(name, engine(), false),
        () => undefined,
      );
    expect((await refusal(go()))?.message).to.equal('the power went');
    failing = false;
    await go();
    // The one that failed is opened again, and no other.
    expect(opened.filter((path) => path.endsWith('libtensorflow_cc.so.2'))).to.have.length(2);
    expect(new Set(opened).size).to.equal(opened.length - 1);
    expect(readFileSync(join(engine().libraries, 'libtensorflow_cc.so.2'), 'utf8')).to.equal('everything');
  });

  it('is compared also where an earlier call has unpacked another', async () => {
    writeZip(wheelPath, withRecord(tinyFiles));
    await unpack(wheelPath);
    // As long as the one before.
    writeZip(wheelPath, withRecord({ ...tinyFiles, 'tensorflow/libtensorflow_cc.so.2': 'EVERYTHING' }));
    await unpack(wheelPath);
    expect(readFileSync(join(engine().libraries, 'libtensorflow_cc.so.2'), 'utf8')).to.equal('EVERYTHING');
  });

  it('stays inside its folder', async () => {
    const evil = { 'tensorflow/include/../../../../../../../evil': 'out' };
    writeZip(wheelPath, withRecord({ ...tinyFiles, ...evil }));
    const error = await refusal(unpack(wheelPath));
    expect(error?.name).to.equal('UsageError');
    expect(error?.message).to.match(/: is no wheel \(invalid relative path: \S+\); download it again$/);
    expect(readdirSync(folder)).to.deep.equal([basename(wheelPath)]);
  });

  it('says how much is done', async () => {
    writeFolder(join(folder, 'site-packages'), withRecord(tinyFiles));
    const shares: number[] = [];
    await unpackWheel(
      await openWheel(join(folder, 'site-packages')),
      (name) => targetOf(name, engine(), false),
      (share) => shares.push(share),
    );
    expect(shares).to.deep.equal([...shares].sort((one, other) => one - other));
    expect(shares.at(-1)).to.equal(1);
  });

  it('is refused in one line when it is not there, cut off, or of something else', async () => {
    writeZip(wheelPath, withRecord(tinyFiles));
    truncateSync(wheelPath, 200);
    writeFileSync(join(folder, 'text.whl'), 'no wheel');
    const { 'tensorflow/include/tensorflow/c/c_api.h': _header, ...other } = tinyFiles;
    writeZip(join(folder, 'other-1.0-py3-none-any.whl'), withRecord(other));
    writeZip(join(folder, 'bare.whl'), tinyFiles);
    const { 'tensorflow/libtensorflow_cc.so.2': _library, ...mac } = tinyFiles;
    writeZip(join(folder, 'mac.whl'), withRecord({ ...mac, 'tensorflow/libtensorflow_cc.2.dylib': '' }));
    for (const [path, why] of [
      [join(folder, 'nothing.whl'), 'no such file or folder; give a wheel of TensorFlow, or an unpacked one'],
      [wheelPath, 'is no wheel ('],
      [join(folder, 'text.whl'), 'is no wheel ('],
      [
        join(folder, 'other-1.0-py3-none-any.whl'),
        'is no wheel of TensorFlow (no tensorflow/include/); give one',
      ],
      [folder, 'is no wheel of TensorFlow'],
      [join(folder, 'bare.whl'), 'is no wheel (it has no RECORD); download it again'],
      [
        join(folder, 'mac.whl'),
        'is a wheel of TensorFlow for another system (no libtensorflow_cc.so.2); give one for linux',
      ],
    ] as const) {
      const error = await refusal(openTensorflowWheel(path));
      expect(error?.name).to.equal('UsageError');
      expect(error?.message).to.satisfy((message: string) => message.startsWith(`${path}: ${why}`));
      expect(error?.message).not.to.include('\n');
    }
  });

  it('lists its files in a RECORD with commas, quotes and ends of line of either kind', () => {
    const record = parseWheelRecord(
      'a.py,sha256=Ab_-9=,3\r\n"b,""c"".py",sha256=xyz,0\nRECORD,,\nd.py,sha256=q,1',
    );
    expect([...record]).to.deep.equal([
      ['a.py', 'Ab_-9'],
      ['b,"c".py', 'xyz'],
      ['d.py', 'q'],
    ]);
  });

  it("names CUDA's libraries among what it requires", () => {
    const metadata = [
      'Requires-Dist: numpy>=1.26.0',
      'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
      "Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75 ; extra == 'and-cuda'",
      'Requires-Dist: nvidia-other; extra == "docs"',
    ].join('\n');
    expect(cudaRequirements(metadata)).to.deep.equal([
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
    ]);
    expect(targetOf('nvidia/cudnn/lib/libcudnn.so.9', engine(), false)).to.equal(undefined);
    expect(targetOf('nvidia/cudnn/lib/libcudnn.so.9', engine(), true)).to.equal(
      join(engine().libraries, '..', 'nvidia', 'cudnn', 'lib', 'libcudnn.so.9'),
    );
  });
});
