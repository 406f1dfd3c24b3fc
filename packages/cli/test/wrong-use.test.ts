import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFlatbit } from './run-flatbit.js';
import { idxHeader, temporaryFolder, writeTinyExperiment } from './tiny-files.js';

describe('flatbit, used wrongly, answers 2 and one line', () => {
  let cwd: string;

  beforeEach(() => {
    cwd = temporaryFolder();
    writeTinyExperiment(cwd);
  });

  /** What is done to the folder, what is called, and what the line says. */
  type Case = readonly [args: string, line: string | RegExp, arrange?: () => void];

  const write = (name: string, content: string | Buffer) => () => {
    writeFileSync(join(cwd, name), content);
  };

  const cases: Readonly<Record<string, Case>> = {
    'without a command': ['', 'no command given; flatbit --help lists them'],
    'without a command of native': ['native', 'no command given; flatbit --help lists them'],
    'for an unknown command': ['trian tiny.json', "unknown command 'trian' (Did you mean train?)"],
    'for an unknown option': [
      'plan tiny.json --backnd cpu',
      "unknown option '--backnd' (Did you mean --backend?)",
    ],
    'without a file': ['train', "missing required argument 'file'"],
    'for --bits 0': ['bops resnet20 --bits 0', '--bits: got "0"; takes an integer from 1 to 32'],
    'for --bits 33': ['bops resnet20 --bits 33', '--bits: got "33"; takes an integer from 1 to 32'],
    'for --bits four': ['bops resnet20 --bits four', '--bits: got "four"; takes an integer from 1 to 32'],
    'for --bits 2.5': ['bops resnet20 --bits 2.5', '--bits: got "2.5"; takes an integer from 1 to 32'],
    'for a shape that is none': [
      'bops resnet20 --input-shape 32x32',
      '--input-shape: got "32x32"; takes height x width x channels, such as 32x32x3',
    ],
    'for an unknown convention': [
      'bops resnet20 --convention mine',
      '--convention: got "mine"; takes paper, actual',
    ],
    'for a bits file that is not there': [
      'bops resnet20 --bits-file bits.json',
      "bits.json: cannot be read: ENOENT: no such file or directory, open 'bits.json'",
    ],
    'for a bits file that is no JSON': [
      'bops resnet20 --bits-file bits.json',
      'bits.json: line 2, column 4 is not JSON: comma expected',
      write('bits.json', '[4,\n 4 4]'),
    ],
    'for a bits file that is another file': [
      'bops resnet20 --bits-file tiny.json',
      'tiny.json: not a bits file: "format" is to be "flatbit-bits"',
    ],
    'for a list of bits of another network': [
      'bops resnet20 --bits-file bits.json',
      'a list of 3 bits; this network takes 18: one for each layer but the first, the last and the shortcuts',
      write('bits.json', '[4, 4, 4]'),
    ],
    'for a bits file and bits': [
      'bops resnet20 --bits-file bits.json --weights 4',
      '--bits-file: has the bits of every layer; leave --weights out',
    ],
    'for a bits file of a run': [
      'bops runs/nothing --bits-file bits.json',
      'runs/nothing: a run has its own bits; leave it out, or name a model instead of a run',
    ],
    'for a list of bits that does not fit an experiment': [
      'train tiny.json --bits bits.json',
      /a list of 2 bits; this network takes 5: one for each layer/,
      write('bits.json', '[4, 4]'),
    ],
    'for an unknown model': [
      'bops resnet2o',
      /^unknown model "resnet2o" \(did you mean "resnet20"\?\); take one of resnet20, /,
    ],
    'for an unknown model in a file': [
      'train tiny.json --set model.name=smal-cnn',
      /^model: unknown model "smal-cnn" \(did you mean "small-cnn"\?\)/,
    ],
    'for an unknown key': [
      'train typo.json',
      'typo.json: epoch: unknown key; did you mean "epochs"?',
      () => {
        writeFileSync(
          join(cwd, 'typo.json'),
          JSON.stringify({ model: { name: 'small-cnn' }, data: { name: 'digits' }, epoch: 3 }),
        );
      },
    ],
    'for bits out of range in a file': [
      'train tiny.json --set bits=33',
      /^tiny\.json: bits: got 33; takes an integer from 1 to 32/,
    ],
    'for a file that is not there': [
      'train nothing.json',
      'nothing.json: no such file; give the path of an experiment file',
    ],
    'for broken JSON': [
      'train broken.json',
      'broken.json: cannot be loaded: line 2, column 13 is not JSON: value expected',
      () => {
        writeFileSync(join(cwd, 'broken.json'), '{\n  "epochs": ');
      },
    ],
    'for a start that is not there': [
      'train tiny.json --set start=runs/float',
      'start: "runs/float" holds no checkpoint; train that run first (flatbit train <its file> --out runs/float), or give the path of a run or a checkpoint',
    ],
    'for a start that is not there and would only be planned for': [
      'plan tiny.json --set start=runs/float',
      /^start: "runs\/float" holds no checkpoint; train that run first/,
    ],
    'for a measure to plan by that is never taken': [
      'plan tiny.json --set checkpoint.best=loss --set data.split.validation=0',
      'checkpoint.best: got "loss" without a validation part; takes false, or give data.split.validation',
    ],
    'for a quantizer of activations alone': [
      'train tiny.json --set quantizer.name=pact',
      'plugin "quantize", hook "prepare": operand "conv1/kernel": quantizer "pact" takes activations, not the weight of a conv2d layer; give weights one of their own: quantizer: { weight: …, activation: … }',
    ],
    'for an assignment without a value': [
      'train tiny.json --set epochs',
      '--set: got "epochs"; takes key=value, such as optimizer.learningRate=0.1',
    ],
    'for a truncated IDX file': [
      'train tiny.json',
      'data: images.idx is truncated: expected 3088 bytes, got 26; get the file again',
      () => {
        write('images.idx', Buffer.concat([idxHeader(0x08, 48, 8, 8), Buffer.alloc(10)]))();
      },
    ],
    'for a label out of range': [
      'train tiny.json',
      'data: labels.idx: label 1 is 3; with 3 classes a label is 0 to 2',
      () => {
        write(
          'labels.idx',
          Buffer.concat([idxHeader(0x08, 48), Buffer.from([0, 3, ...Array<number>(46).fill(1)])]),
        )();
      },
    ],
    'for NaN in the data': [
      'train tiny.json',
      'data: images.idx: the value at [0, 0, 1] is NaN; give finite numbers',
      () => {
        const values = Buffer.alloc(48 * 64 * 4);
        values.writeFloatBE(NaN, 4);
        write('images.idx', Buffer.concat([idxHeader(0x0d, 48, 8, 8), values]))();
      },
    ],
    'for an unknown engine': [
      'train tiny.json --backend warp',
      'tiny.json: backend: got "warp"; takes "tensorflow", "webgpu", "wasm" or "cpu"',
    ],
    'for an unknown engine that would only be planned for': [
      'plan tiny.json --backend warp',
      'tiny.json: backend: got "warp"; takes "tensorflow", "webgpu", "wasm" or "cpu"',
    ],
    'for an engine to count with': ['bops resnet20 --backend cpu', "unknown option '--backend'"],
    'for settings of a model': [
      'bops resnet20 --set nonsense=1',
      'resnet20: a model has no --set; leave it out, or name the folder of a run instead of a model',
    ],
    'for a seed of a model': [
      'bops resnet20 --seed 3',
      'resnet20: a model has no --seed; leave it out, or name the folder of a run instead of a model',
    ],
    'for the file of a model': [
      'bops resnet20 --file tiny.json',
      'resnet20: a model has no --file; leave it out, or name the folder of a run instead of a model',
    ],
    'for settings of a run, without the file': [
      'eval runs/nothing --set epochs=77',
      'runs/nothing: a run has its own settings; leave --set out, or give their file (--file)',
    ],
    'for a seed of a run, without the file': [
      'eval runs/nothing --seed 99',
      'runs/nothing: a run has its own settings; leave --seed out, or give their file (--file)',
    ],
    'for a seed of a run to count, without the file': [
      'bops runs/nothing --seed 99',
      'runs/nothing: a run has its own settings; leave --seed out, or give their file (--file)',
    ],
    'for plugins that conflict': [
      'plan two.mjs',
      'plugin "mine" conflicts with plugin "quantize"; leave one of them out',
      () => {
        const settings = `{ model: { name: 'small-cnn' }, data: { name: 'digits' }, bits: 4,
          plugins: [{ name: 'mine', conflictsWith: ['quantize'], apply() {} }] }`;
        write('two.mjs', `export default ${settings};`)();
      },
    ],
    'for two plugins that perturb': [
      'plan two.mjs',
      'hook "perturb" is taken by plugin "sam"; plugin "mine" cannot join it: leave one of them out',
      () => {
        const settings = `{ model: { name: 'small-cnn' }, data: { name: 'digits' }, sam: {},
          plugins: [{ name: 'mine', apply: (hooks) => hooks.perturb.tap('mine', () => undefined) }] }`;
        write('two.mjs', `export default ${settings};`)();
      },
    ],
    'for a run that is not there': [
      'eval runs/nothing',
      'runs/nothing: no run is there (no experiment.json); give the folder of a run',
    ],
    'for a run to count that is not there': [
      'bops runs/nothing',
      'runs/nothing: no run is there (no experiment.json); give the folder of a run',
    ],
    'for a run to resume that is not there': [
      'train tiny.json --resume --out nothing',
      'nothing: no run is there (no experiment.json); give the folder of a run',
    ],
    'for a folder that is not empty': [
      'train tiny.json --out .',
      '.: exists and is not empty; resume the run in it, overwrite it, or give another folder (--resume, --overwrite, --out)',
    ],
    'for a folder to overwrite that holds no run': [
      'train tiny.json --out . --overwrite',
      '.: no run is there (no experiment.json); give the folder of a run',
    ],
  };

  for (const [what, [args, line, arrange]] of Object.entries(cases)) {
    it(what, async () => {
      arrange?.();
      const { code, stdout, stderr } = await runFlatbit(args.split(' ').filter(Boolean), { cwd });
      expect(stderr).to.match(/^flatbit: [^\n]*\n$/);
      const said = stderr.slice('flatbit: '.length, -1);
      if (typeof line === 'string') expect(said).to.equal(line);
      else expect(said).to.match(line);
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }

  it('and shows the stack behind it if asked to', async () => {
    const { stderr } = await runFlatbit(['train', 'nothing.json'], { cwd, env: { FLATBIT_DEBUG: '1' } });
    expect(stderr).to.match(/^flatbit: nothing\.json: no such file.*\nUsageError: .*\n\s+at /);
  });
});
