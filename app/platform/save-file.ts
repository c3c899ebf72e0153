/**
 * Writing a file that the person keeps, as a download. [ASF1] What was not closed is no file. Its pieces are
 * blobs, which a browser may put aside on the disk until the file is whole.
 */
export type FileSink = {
  readonly write: (bytes: Uint8Array) => void;
  readonly close: () => void;
};

/** How long the browser has to begin with the download. */
const REVOKE_MS = 60_000;

export function fileToSave(name: string): FileSink {
  const parts: Blob[] = [];
  return {
    write: (bytes) => void parts.push(new Blob([new Uint8Array(bytes)])),
    close: () => {
      const url = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
      const link = Object.assign(document.createElement("a"), { href: url, download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
    },
  };
}
