import * as tf from '@tensorflow/tfjs';

/**
 * Selects a registered backend and waits until it is ready.
 * @throws Error when it does not start; the backend that was selected before is selected again.
 */
export async function activate(backendName: string): Promise<void> {
  const previous = tf.getBackend() as string | null;
  if (await tf.setBackend(backendName)) return;
  if (previous) await tf.setBackend(previous);
  throw new Error(`its backend "${backendName}" does not start`);
}
