/** Reading an HTTP answer from a relay that may send without end. */
import { concat } from "../../crypto/base/bytes.ts";

/** The body as text; null when it is longer than `bytesMax` or breaks off. */
export async function readBody(response: Response, bytesMax: number): Promise<string | null> {
  const bytes = await readBytes(response, bytesMax);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** The body as it is; null as above. */
export async function readBytes(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      length += part.value.length;
      if (length > bytesMax) {
        await reader?.cancel();
        return null;
      }
      parts.push(part.value);
    }
    return concat(...parts);
  } catch {
    return null;
  }
}
