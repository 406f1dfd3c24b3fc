import { UsageError } from '@flatbit/core';
import { openWheel, type Wheel } from './wheel.js';

/** Where a wheel of TensorFlow has its headers. */
export const includePath = 'tensorflow/include/';

/** TensorFlow's libraries in a wheel for Linux, below `tensorflow/`, and the names by which the linker asks for them. */
export const libraryLinks: Readonly<Record<string, string>> = {
  'libtensorflow_cc.so.2': 'libtensorflow.so',
  'libtensorflow_framework.so.2': 'libtensorflow_framework.so',
};

/** Opens a wheel, and refuses with a UsageError what is not TensorFlow's, or TensorFlow's for another system. */
export async function openTensorflowWheel(path: string): Promise<Wheel> {
  const wheel = await openWheel(path);
  const has = (name: string) => wheel.files.some((file) => file.path === name);
  const missing = Object.keys(libraryLinks).find((name) => !has(`tensorflow/${name}`));
  const isTensorflow = has(`${includePath}tensorflow/c/c_api.h`);
  if (isTensorflow && missing === undefined) return wheel;
  wheel.close();
  throw new UsageError(
    isTensorflow
      ? `${path}: is a wheel of TensorFlow for another system (no ${missing}); give one for linux`
      : `${path}: is no wheel of TensorFlow (no ${includePath}); give one, or an unpacked one`,
  );
}
