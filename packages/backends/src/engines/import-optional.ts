/**
 * Imports a package that need not be installed.
 * @throws Error with one line: that it is not installed, or why it cannot be loaded.
 */
export async function importOptional<Module>(packageName: string): Promise<Module> {
  try {
    return (await import(packageName)) as Module;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${packageName}'`);
    const why = missing ? 'is not installed' : `does not load (${message.split('\n', 1)[0]})`;
    throw new Error(`${packageName} ${why}`, { cause: error });
  }
}
