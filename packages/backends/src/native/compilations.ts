import { join, relative } from 'node:path';
import type { Compilation } from './compile.js';
import type { EngineFiles } from './engine-files.js';
import { opsFiles } from './ops-files.js';

/** Version 8 is in Node 16 and later, and the newest that tfjs-node asks for: one addon serves every Node. */
const nodeApiVersion = '-DNAPI_VERSION=8';

/**
 * Fast on the processor of this machine, with the ABI of TensorFlow's wheels, and with tensors aligned as TensorFlow aligns them. A product
 * and a sum stay two roundings, as in the composed ops; nobody asks for `errno` or for floating-point traps.
 */
export const opsFlags = [
  ...['-O3', '-march=native', '-DNDEBUG', '-DEIGEN_MAX_ALIGN_BYTES=64'],
  ...['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'],
  ...['-D_GLIBCXX_USE_CXX11_ABI=1', nodeApiVersion],
];

/** tfjs-node's own binding, as its `binding.gyp` has it. */
export function bindingCompilation({
  tfjsNode,
  include,
  libraries,
  binding,
  nodeApi,
}: EngineFiles): Compilation {
  return {
    cwd: tfjsNode,
    flags: ['-O2', nodeApiVersion, `-I${nodeApi}`, '-I..', `-I${include}`],
    sources: ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
    link: [
      `-L${libraries}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      searchPath(join(binding, '..'), libraries),
    ],
    output: binding,
  };
}

/** One addon of TensorFlow ops written in C++, for the processor of this machine. */
export function opsCompilation(
  { folder, include, libraries, nodeApi }: EngineFiles,
  sources: readonly string[],
  output = opsFiles(folder).addon,
): Compilation {
  return {
    cwd: folder,
    flags: [...opsFlags, `-I${nodeApi}`, `-I${include}`],
    sources,
    link: [`-L${libraries}`, '-ltensorflow_framework', searchPath(join(output, '..'), libraries)],
    output,
  };
}

/** Where the loader looks for TensorFlow: relative to the addon, so that the folder may move. */
function searchPath(from: string, to: string): string {
  return `-Wl,-rpath,$ORIGIN/${relative(from, to)}`;
}
