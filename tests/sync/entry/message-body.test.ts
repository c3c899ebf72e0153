import fc from "fast-check";
import { expect, test } from "vitest";

import { forwardOf } from "../../../sync/entry/message-body.ts";
import { anyBody } from "./any-body.ts";

test("[MB17] what is passed on keeps its words and files, answers nobody and calls nobody", () => {
  fc.assert(
    fc.property(anyBody.message, (body) => {
      const { text, attachments, whole } = body;
      expect(forwardOf(body)).toEqual({
        text,
        attachments,
        whole,
        reply: null,
        mentions: [],
        forwarded: true,
      });
    }),
  );
});
