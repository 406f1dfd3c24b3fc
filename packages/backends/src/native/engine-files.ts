import { join } from 'node:path';
import { includePath, libraryLinks } from './tensorflow-wheel.js';

/** What an engine consists of, all in its folder: a path each. */
export interface EngineFiles {
  /** The native folder. */
  readonly folder: string;
  /** The package that drives TensorFlow. */
  readonly tfjsNode: string;
  /** C++ headers of TensorFlow. */
  readonly include: string;
  /** TensorFlow's libraries. */
  readonly libraries: string;
  /** CUDA's libraries, where TensorFlow's search path has them: `../nvidia` of its own. */
  readonly cuda: string;
  /** The addon between Node and TensorFlow. */
  readonly binding: string;
  /** Headers of Node-API. */
  readonly nodeApi: string;
}

/** Where an engine in this folder has its files. */
export function engineFiles(folder: string, packageName = '@tensorflow/tfjs-node'): EngineFiles {
  const tfjsNode = join(folder, 'node_modules', packageName);
  return {
    folder,
    tfjsNode,
    include: join(tfjsNode, 'deps', 'include'),
    libraries: join(tfjsNode, 'deps', 'lib'),
    cuda: join(tfjsNode, 'deps', 'nvidia'),
    binding: join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node'),
    nodeApi: join(folder, 'node_modules', 'node-api-headers', 'include'),
  };
}

/** Where a file of TensorFlow's wheel goes, and with a GPU one of CUDA's; `undefined` for all that an engine does without. */
export function targetOf(
  path: string,
  { include, libraries, cuda }: EngineFiles,
  gpu: boolean,
): string | undefined {
  if (path.startsWith(includePath)) return join(include, path.slice(includePath.length));
  const library = /^tensorflow\/([^/]+)$/.exec(path)?.[1];
  if (library !== undefined && library in libraryLinks) return join(libraries, library);
  if (!gpu) return undefined;
  const cudaLibrary = /^nvidia\/([^/]+\/lib\/.+)$/.exec(path)?.[1];
  return cudaLibrary === undefined ? undefined : join(cuda, cudaLibrary);
}
