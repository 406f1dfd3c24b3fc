import { latestCheckpoint } from '@flatbit/plugin-checkpoint';
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFlatbit } from './run-flatbit.js';
import { temporaryFolder, writeTinyExperiment } from './tiny-files.js';

describe('flatbit train', () => {
  let cwd: string;

  beforeEach(() => {
    cwd = temporaryFolder();
    writeTinyExperiment(cwd);
  });

  const flatbit = (...args: readonly string[]) => runFlatbit(args, { cwd });

  const json = (...path: readonly string[]) =>
    JSON.parse(readFileSync(join(cwd, ...path), 'utf8')) as Record<string, unknown>;

  /** The lines of metrics.jsonl without what two equal runs differ in. */
  const metrics = (run: string) =>
    readFileSync(join(cwd, run, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), timing: undefined }));

  it('trains into runs/<name>, shows progress on stderr and measures on stdout', async () => {
    const { code, stdout, stderr } = await flatbit('train', 'tiny.json');
    expect(code, stderr).to.equal(0);
    expect(readdirSync(join(cwd, 'runs', 'tiny'))).to.include.members([
      'summary.json',
      'metrics.jsonl',
      'plots',
    ]);
    expect(stderr).to.match(/epoch 2\/2/);
    expect(stdout).to.match(/test .*\d\.\d{4}/);
    expect(stdout).to.match(/^[\d,]+ bit operations \(convention: actual\), [\d.]+ times fewer/m);
    expect(stdout).to.include(join('runs', 'tiny'));
  });

  it('prints exactly one JSON object on stdout with --json', async () => {
    const { code, stdout } = await flatbit('train', 'tiny.json', '--json', '--out', 'there');
    expect(code).to.equal(0);
    const { summary, ...result } = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).to.deep.equal({ folder: 'there', interrupted: false, epoch: 2, step: 6 });
    expect(summary).to.deep.equal(json('there', 'summary.json'));
  });

  it('puts --set, --seed and --backend over the file', async () => {
    const { code } = await flatbit(
      ...['train', 'tiny.json', '--set', 'epochs=1', '--set', 'optimizer.learningRate=0.25'],
      ...['--seed', '7', '--backend', 'cpu'],
    );
    expect(code).to.equal(0);
    expect(json('runs', 'tiny', 'experiment.json')['settings']).to.deep.include({
      epochs: 1,
      seed: 7,
      backend: 'cpu',
    });
  });

  it('overwrites a run when told so', async () => {
    await flatbit('train', 'tiny.json', '--set', 'epochs=1');
    const { code } = await flatbit('train', 'tiny.json', '--set', 'epochs=0', '--overwrite');
    expect(code).to.equal(0);
    expect(readFileSync(join(cwd, 'runs', 'tiny', 'metrics.jsonl'), 'utf8')).to.equal('');
    expect(existsSync(join(cwd, 'runs', 'tiny', 'checkpoints'))).to.equal(false);
  });

  it('answers 1 and one line when training meets NaN', async () => {
    const { code, stdout, stderr } = await flatbit(
      'train',
      'tiny.json',
      '--set',
      'optimizer.learningRate=1e30',
    );
    expect(code).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr.split('\n').filter((line) => line.startsWith('flatbit: '))).to.have.length(1);
    expect(stderr).to.match(/flatbit: NaN or infinity in the clean pass of step \d+ \(epoch \d+\); .*\n$/);
    expect(stderr).to.not.match(/\n\s+at /);
  });

  it('goes on after NaN when told to skip such steps', async () => {
    const { code, stdout } = await flatbit(
      ...['train', 'tiny.json', '--json', '--set', 'optimizer.learningRate=1e30'],
      ...['--set', 'onNonFinite=skip', '--set', 'checkpoint=false'],
    );
    expect(code).to.equal(0);
    const { summary } = JSON.parse(stdout) as { summary: { training: { skippedSteps: number } } };
    expect(summary.training.skippedSteps).to.be.greaterThan(0);
  });

  it('prints – for what an epoch of skipped steps alone has not measured', async () => {
    const settings = JSON.stringify({
      ...JSON.parse(readFileSync(join(cwd, 'tiny.json'), 'utf8')),
      epochs: 1,
    });
    writeFileSync(
      join(cwd, 'nan.mjs'),
      `export default { ...${settings}, onNonFinite: 'skip', bits: 32, loss: ([logits]) => logits.mul(NaN).mean() };`,
    );
    const { code, stdout, stderr } = await flatbit('train', 'nan.mjs');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/training .*–/);
  });

  describe('at Ctrl-C', () => {
    /** The tiny experiment, which sends itself signals at the end of a step. */
    const sending = `
      import { readFileSync } from 'node:fs';
      const signals = (process.env.SEND ?? '').split(' ').filter(Boolean);
      const plugin = {
        name: 'sending',
        apply({ afterStep }) {
          afterStep.tap('sending', ({ context: { step } }) => {
            if (step === Number(process.env.SEND_AT)) for (const signal of signals) process.kill(process.pid, signal);
          });
        },
      };
      export default { ...JSON.parse(readFileSync('tiny.json', 'utf8')), epochs: 3, plugins: [plugin] };`;

    beforeEach(() => {
      writeFileSync(join(cwd, 'sending.mjs'), sending);
    });

    /** In its second step, of nine. */
    const interrupted = (signals: string, ...args: readonly string[]) =>
      runFlatbit(['train', 'sending.mjs', ...args], { cwd, env: { SEND: signals, SEND_AT: '1' } });

    for (const signal of ['SIGINT', 'SIGTERM']) {
      it(`stores a checkpoint, says how to go on, and answers 130 (${signal})`, async () => {
        const { code, stdout, stderr } = await interrupted(signal, '--seed', '3', '--set', 'name=my-run');
        expect(code, stderr).to.equal(130);
        expect(stdout).to.equal('');
        expect(stderr).to.match(
          /flatbit: stopped after step \d+; go on with: flatbit train sending\.mjs --set name=my-run --seed 3 --out runs\/my-run --resume\n$/,
        );
        expect(readdirSync(join(cwd, 'runs', 'my-run', 'checkpoints'))).to.have.length(1);
      });
    }

    it('goes on as if nothing had been, with the command that it says', async () => {
      const { stderr } = await interrupted('SIGINT');
      const [, command] = /go on with: flatbit (.*)\n$/.exec(stderr)!;
      const resumed = await flatbit(...command!.split(' '));
      expect(resumed.code, resumed.stderr).to.equal(0);
      await flatbit('train', 'sending.mjs', '--out', 'whole');
      expect(metrics(join('runs', 'sending'))).to.deep.equal(metrics('whole'));
      expect({ ...json('runs', 'sending', 'summary.json'), timing: 0 }).to.deep.equal({
        ...json('whole', 'summary.json'),
        timing: 0,
      });
    });

    it('ends at once the second time', async () => {
      const { code, stderr } = await interrupted('SIGINT SIGTERM');
      expect(code).to.equal(130);
      expect(stderr).to.match(/stopping after this step; once more to stop at once\n$/);
      // The first signal may have begun one.
      expect(await latestCheckpoint(join(cwd, 'runs', 'sending', 'checkpoints'))).to.equal(undefined);
    });

    it('says that nothing is stored where checkpoint is false', async () => {
      const { code, stderr } = await interrupted('SIGINT', '--set', 'checkpoint=false');
      expect(code).to.equal(130);
      expect(stderr).to.match(
        /flatbit: stopped after step \d+; nothing is stored, because checkpoint is false\n$/,
      );
    });

    it('prints what was done with --json', async () => {
      const { code, stdout } = await interrupted('SIGINT', '--json');
      expect(code).to.equal(130);
      expect(JSON.parse(stdout)).to.deep.include({ folder: join('runs', 'sending'), interrupted: true });
    });

    it('goes on from the last epoch that was stored after the process was killed', async () => {
      // In the second step of the second epoch.
      const env = { SEND: 'SIGKILL', SEND_AT: '4' };
      const { code } = await runFlatbit(['train', 'sending.mjs'], { cwd, env });
      expect(code).to.equal(null);
      expect(readdirSync(join(cwd, 'runs', 'sending', 'checkpoints'))).to.deep.equal([
        'epoch-0001-step-000003',
      ]);
      const resumed = await flatbit('train', 'sending.mjs', '--resume');
      expect(resumed.code, resumed.stderr).to.equal(0);
      await flatbit('train', 'sending.mjs', '--out', 'whole');
      expect(metrics(join('runs', 'sending'))).to.deep.equal(metrics('whole'));
    });
  });
});

describe('flatbit eval', () => {
  it('measures a checkpoint of a run, in JSON or in a table', async () => {
    const cwd = temporaryFolder();
    writeTinyExperiment(cwd, { checkpoint: { best: 'loss' } });
    const trained = await runFlatbit(['train', 'tiny.json', '--json'], { cwd });
    const { summary } = JSON.parse(trained.stdout) as { summary: Record<string, unknown> };
    const evaluated = await runFlatbit(['eval', 'runs/tiny', '--json'], { cwd });
    expect(evaluated.code, evaluated.stderr).to.equal(0);
    expect(JSON.parse(evaluated.stdout)).to.deep.equal({
      folder: 'runs/tiny',
      checkpoint: join('runs/tiny', 'checkpoints', 'epoch-0002-step-000006'),
      epoch: 2,
      step: 6,
      validation: summary['validation'],
      test: summary['test'],
    });
    const best = await runFlatbit(['eval', 'runs/tiny', '--checkpoint', 'best'], { cwd });
    expect(best.code, best.stderr).to.equal(0);
    expect(best.stdout).to.match(/epoch \d, step \d.*validation.*test/s);
  });
});

describe('flatbit eval --file', () => {
  it('takes another engine, and says how settings differ', async () => {
    const cwd = temporaryFolder();
    writeTinyExperiment(cwd);
    const trained = await runFlatbit(['train', 'tiny.json', '--json', '--set', 'epochs=1'], { cwd });
    expect(trained.code, trained.stderr).to.equal(0);
    const file = ['--file', 'tiny.json', '--set', 'epochs=1'];
    const evaluated = await runFlatbit(['eval', 'runs/tiny', ...file, '--backend', 'wasm', '--json'], {
      cwd,
    });
    expect(evaluated.code, evaluated.stderr).to.equal(0);
    const { summary } = JSON.parse(trained.stdout) as { summary: { test: { loss: number } } };
    const { test } = JSON.parse(evaluated.stdout) as { test: { loss: number } };
    expect(test.loss).to.be.closeTo(summary.test.loss, 1e-4);
    for (const command of ['eval', 'bops']) {
      const refused = await runFlatbit([command, 'runs/tiny', ...file, '--seed', '99'], { cwd });
      expect(refused).to.deep.equal({
        code: 2,
        stdout: '',
        stderr:
          'flatbit: runs/tiny: the run in it has other settings: seed was 1 and is 99; give the experiment file that it was ' +
          'trained from, and the same changes to it (--set, --seed)\n',
      });
    }
  });

  it('is measured on the engine of the run, unless told otherwise', async () => {
    const cwd = temporaryFolder();
    writeTinyExperiment(cwd, { backend: 'wasm' });
    await runFlatbit(['train', 'tiny.json', '--set', 'epochs=1', '--backend', 'cpu'], { cwd });
    const args = ['eval', 'runs/tiny', '--file', 'tiny.json', '--set', 'epochs=1'];
    const same = await runFlatbit(args, { cwd });
    expect(same.stderr).to.equal('');
    const other = await runFlatbit([...args, '--backend', 'wasm'], { cwd });
    expect(other.stderr).to.match(/engine\.name was "cpu", is "wasm"/);
  });
});

describe('flatbit plan', () => {
  it('prints the order in which plugins run, in JSON or in lines', async () => {
    const cwd = temporaryFolder();
    writeTinyExperiment(cwd, { sam: { rho: 0.05 }, schedule: { name: 'cosine' } });
    const { code, stdout } = await runFlatbit(['plan', 'tiny.json', '--json'], { cwd });
    expect(code).to.equal(0);
    const plan = JSON.parse(stdout) as Record<string, readonly { readonly plugin: string }[]>;
    const names = (hook: string) => plan[hook]!.map(({ plugin }) => plugin);
    expect(names('operand')).to.deep.equal(['sam', 'quantize', 'sam']);
    expect(names('learningRate')).to.deep.equal(['schedule']);
    expect(names('onEpochEnd')).to.deep.equal(['metrics-log', 'progress', 'checkpoint']);
    const lines = await runFlatbit(['plan', 'tiny.json'], { cwd });
    expect(lines.stdout).to.match(/^operand +sam \(-100\) ▸ quantize \(0\) ▸ sam \(100\)$/m);
    expect(existsSync(join(cwd, 'runs'))).to.equal(false);
  });
});

describe('flatbit --help', () => {
  it('goes to stdout and answers 0, as does --version', async () => {
    const help = await runFlatbit(['--help']);
    expect(help).to.deep.include({ code: 0, stderr: '' });
    expect(help.stdout).to.match(/^Usage: flatbit /);
    const version = await runFlatbit(['--version']);
    expect(version).to.deep.include({ code: 0, stderr: '' });
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });
});
