/** Short byte strings as map keys: one character a byte, half the memory of hex and no table. */

export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

/** Plain bytes, perhaps a view of Node's pool. */
export function fromLatin1(text: string): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(text, "latin1");
  return new Uint8Array(buffer, byteOffset, length);
}
