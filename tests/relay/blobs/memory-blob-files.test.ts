import { beforeAll } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openMemoryBlobFiles } from "../../../relay/blobs/memory-blob-files.ts";
import { blobFilesContract } from "../../contract/blob-files.ts";

beforeAll(() => ready);

blobFilesContract("memory", openMemoryBlobFiles);
