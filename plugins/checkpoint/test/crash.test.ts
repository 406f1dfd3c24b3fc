import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Training } from '@flatbit/core';
import {
  type Disk,
  latestCheckpoint,
  loadCheckpoint,
  nodeDisk,
  pruneCheckpoints,
  saveCheckpoint,
} from '@flatbit/plugin-checkpoint';
import { takeSteps, testEngine, tinyBatches, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { temporaryFolder } from './temporary-folder.js';

class Crash extends Error {}

/** Does what node's disk does up to some point, and there stops: before an operation, in its middle, or right after it. */
function crashingDisk(point: number): Disk & { readonly operations: string[] } {
  const operations: string[] = [];
  let points = 0;
  const crashHere = () => {
    if (points === point) throw new Crash(`after ${operations.join(', ')}`);
    points += 1;
  };
  const wrap =
    <A extends readonly unknown[], T>(
      name: string,
      whole: (...args: A) => Promise<T>,
      half?: (...args: A) => void,
    ) =>
    async (...args: A): Promise<T> => {
      crashHere();
      operations.push(name);
      if (half && points === point) half(...args);
      if (half) crashHere();
      const result = await whole(...args);
      crashHere();
      return result;
    };
  return {
    operations,
    makeFolder: wrap('makeFolder', nodeDisk.makeFolder),
    writeFile: wrap('writeFile', nodeDisk.writeFile, (path, pieces) => {
      const bytes = Buffer.concat(pieces);
      writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    }),
    syncFolder: wrap('syncFolder', nodeDisk.syncFolder),
    rename: wrap('rename', nodeDisk.rename),
    remove: wrap('remove', nodeDisk.remove, (path) => {
      const [first] = readdirSync(path);
      if (first) rmSync(join(path, first));
    }),
    list: wrap('list', nodeDisk.list),
  };
}

describe('a crash while saving', () => {
  before(() => tf.setBackend(testEngine));

  const saveAndPrune = async (training: Training, folder: string, disk: Disk) => {
    await saveCheckpoint(training.hooks, folder, { disk });
    await pruneCheckpoints(folder, { keepLast: 1, disk });
  };

  for (const [what, steps] of [
    ['a later step', 1],
    ['the same step again', 0],
  ] as const) {
    it(`of ${what} leaves a whole checkpoint, and nothing that the next save does not clear`, async () => {
      const training = tinyTraining();
      let crashes = 0;
      for (let point = 0; ; point += 1) {
        const folder = temporaryFolder();
        await takeSteps(training, tinyBatches(), 1);
        const before = training.position.step;
        await saveAndPrune(training, folder, nodeDisk);
        await takeSteps(training, tinyBatches(), steps);
        const disk = crashingDisk(point);
        let crashed = false;
        try {
          await saveAndPrune(training, folder, disk);
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          crashed = true;
        }
        const warnings: string[] = [];
        const latest = await latestCheckpoint(folder, { warn: (line) => warnings.push(line) });
        const { manifest } = await loadCheckpoint(latest!);
        expect(manifest.position.step).to.be.oneOf([before, before + steps]);
        expect(warnings).to.deep.equal([]);
        await saveAndPrune(training, folder, nodeDisk);
        expect(readdirSync(folder)).to.have.length(1);
        expect((await loadCheckpoint((await latestCheckpoint(folder))!)).manifest.position.step).to.equal(
          before + steps,
        );
        if (!crashed) {
          expect(disk.operations).to.deep.equal([
            'makeFolder',
            'list',
            'makeFolder',
            'writeFile',
            'writeFile',
            'syncFolder',
            'rename',
            'syncFolder',
            'rename',
            'remove',
          ]);
          break;
        }
        crashes += 1;
      }
      // Before and after each of ten operations, and in the middle of two writes and a removal.
      expect(crashes).to.equal(23);
      training.dispose();
    });
  }
});
