import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFlatbit } from './run-flatbit.js';
import { temporaryFolder } from './tiny-files.js';

interface Report {
  readonly bops: number;
  readonly fullPrecisionBops: number;
  readonly ratio: number;
  readonly layers: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly macs: number;
    readonly weightBits: number;
    readonly activationBits: number;
    readonly bops: number;
  }[];
}

async function count(...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await runFlatbit(['bops', ...args, '--json']);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return JSON.parse(stdout) as Report;
}

describe('flatbit bops', () => {
  // The numbers of the paper's table for CIFAR-100: 674.6 M, 392.1 M.
  it('counts ResNet-20 at 4 bits as the paper prints it', async () => {
    const { bops, fullPrecisionBops, ratio, layers } = await count('resnet20', '--bits', '4');
    expect({ bops, fullPrecisionBops }).to.deep.equal({
      bops: 674_643_968,
      fullPrecisionBops: 41_798_598_656,
    });
    expect(ratio).to.equal(41_798_598_656 / 674_643_968);
    expect(layers).to.have.length(22);
    // 3 * 3 * 3 * 16 * 32 * 32 multiply-accumulates, 8 * 8 bits each.
    expect(layers[0]).to.deep.include({
      name: 'conv',
      shape: [3, 3, 3, 16],
      macs: 442_368,
      weightBits: 8,
      activationBits: 8,
      bops: 28_311_552,
    });
    expect(layers[1]).to.deep.include({ weightBits: 4, activationBits: 4, bops: 37_748_736 });
    expect(layers.at(-1)).to.deep.include({ name: 'dense', shape: [64, 100], bops: 409_600 });
  });

  it('counts it at 3 bits, and in full precision', async () => {
    expect((await count('resnet20', '--bits', '3')).bops).to.equal(392_052_736);
    expect(await count('resnet20', '--bits', '32')).to.deep.include({ bops: 41_798_598_656, ratio: 1 });
    expect(await count('resnet20')).to.deep.include({ bops: 41_798_598_656, ratio: 1 });
  });

  // The rest of the paper's table: 1508.9 M and 877.1 M for CIFAR-100, 34.7 G and 14.4 G for ImageNet.
  for (const { model, bits, bops, macs } of [
    { model: 'mobilenetv2-cifar', bits: '4', bops: 1_508_933_632, macs: 91_270_144 },
    { model: 'mobilenetv2-cifar', bits: '3', bops: 877_131_776, macs: 91_270_144 },
    { model: 'resnet18', bits: '4', bops: 34_714_419_200, macs: 1_814_073_344 },
    { model: 'resnet18', bits: '2', bops: 14_367_850_496, macs: 1_814_073_344 },
  ]) {
    it(`counts ${model} at ${bits} bits as the paper prints it`, async () => {
      expect(await count(model, '--bits', bits)).to.deep.include({
        bops,
        macs,
        fullPrecisionBops: macs * 32 * 32,
      });
    });
  }

  it('counts both in full precision', async () => {
    expect((await count('mobilenetv2-cifar')).bops).to.equal(93_460_627_456);
    expect((await count('resnet18')).bops).to.equal(1_857_611_104_256);
  });

  it('counts the bits of a list, and of a bits file, as the same uniform ones', async () => {
    const folder = temporaryFolder();
    const list = join(folder, 'list.json');
    // ResNet-20 has 18 searchable layers.
    writeFileSync(list, JSON.stringify(Array(18).fill(4)));
    expect((await count('resnet20', '--bits-file', list)).bops).to.equal(674_643_968);
    // Four bits for the weights of one layer of 2,359,296 multiply-accumulates, two for its activations.
    const report = await count('resnet20', '--bits', '4');
    const layers = Object.fromEntries(
      report.layers.map(({ name, weightBits, activationBits }) => [
        name,
        { weights: weightBits, activations: name === 'stage1/block1/conv1' ? 2 : activationBits },
      ]),
    );
    const file = join(folder, 'bits.json');
    writeFileSync(file, JSON.stringify({ format: 'flatbit-bits', schemaVersion: 1, layers }));
    expect((await count('resnet20', '--bits-file', file)).bops).to.equal(674_643_968 - 2_359_296 * 4 * 2);
  });

  it('takes bits of weights and of activations, classes, a shape and a convention', async () => {
    const { layers } = await count(
      ...['resnet8', '--weights', '2', '--bits', '4', '--classes', '7'],
      ...['--input-shape', '8x8x3', '--convention', 'actual'],
    );
    // 3x3 kernels from 3 to 16 channels on 8x8 places; a dense layer from 64 to 7.
    expect(layers[0]).to.deep.include({ macs: 27 * 16 * 64, weightBits: 2, activationBits: 4 });
    expect(layers[0]!.bops).to.equal(27 * 16 * 64 * 8);
    expect(layers.at(-1)).to.deep.include({ shape: [64, 7], weightBits: 2, activationBits: 4 });
  });

  it('prints a table for people', async () => {
    const { stdout } = await runFlatbit(['bops', 'resnet20', '--bits', '4']);
    expect(stdout).to.match(/^layer +shape +MACs/);
    expect(stdout).to.include('674,643,968');
    expect(stdout).to.include('(convention: paper)');
  });
});
