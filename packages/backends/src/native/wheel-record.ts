/**
 * Reads the `RECORD` of a Python wheel: the path of each of its files, and the SHA-256 of its content in base64url.
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
 */
export function parseWheelRecord(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^(?:"((?:[^"]|"")*)"|([^",\r\n]*)),sha256=([\w-]+)=*,\d*$/gm);
  return new Map(
    [...lines].map(([, quoted, plain, hash]) => [quoted?.replaceAll('""', '"') ?? plain!, hash!]),
  );
}
