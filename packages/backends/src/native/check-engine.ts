import { fileURLToPath } from 'node:url';
import { ProgramError, runProgram } from '../run-program.js';

/**
 * Starts the engine of a native folder in a process of its own and has it multiply two matrices.
 * @param addon compiled ops that are to load beside it.
 * @returns the version of TensorFlow inside.
 * @throws Error of one line when it does not start, or does not multiply.
 */
export async function checkEngine(folder: string, addon?: string): Promise<string> {
  const main = fileURLToPath(new URL('./check-engine-main.js', import.meta.url));
  try {
    const answer = await runProgram(process.execPath, [main, folder, ...(addon ? [addon] : [])]);
    return (JSON.parse(answer) as { tensorflow: string }).tensorflow;
  } catch (error) {
    const why =
      error instanceof ProgramError ? error.message.replace(`${process.execPath}: `, '') : String(error);
    throw new Error(`it does not compute (${why})`, { cause: error });
  }
}
