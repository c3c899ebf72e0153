import { expect, test } from "vitest";

import { DeliveryWindow } from "../../../sync/session/delivery-window.ts";
import { BODY_BYTES_MAX, WINDOW_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { bytesOf, msg } from "./played-relay.ts";

const LARGE = bytesOf(BODY_BYTES_MAX, 1);
const FITTING = WINDOW_BYTES_MAX / BODY_BYTES_MAX + 1;

test("[SE13] bodies of 8 MiB may be unacknowledged, and one that reaches beyond", () => {
  const window = new DeliveryWindow();
  for (let id = 1; id <= FITTING; id += 1)
    expect(window.admit(msg(id, { body: LARGE }))).toBe(true);
  expect(window.admit(msg(FITTING, { body: LARGE }))).toBe(true);
  expect(window.admit(msg(FITTING + 1))).toBe(false);
});

test("[SE13] what is acknowledged makes room, what was never delivered does not", () => {
  const window = new DeliveryWindow();
  for (let id = 1; id <= FITTING; id += 1) window.admit(msg(id, { body: LARGE }));
  window.acknowledge([1, 1, 999]);
  expect(window.admit(msg(FITTING + 1, { body: LARGE }))).toBe(true);
  expect(window.admit(msg(FITTING + 2))).toBe(false);
});

test("[SE13] ephemeral messages and repetitions take no room", () => {
  const window = new DeliveryWindow();
  for (let i = 0; i < 2 * FITTING; i += 1) {
    expect(window.admit(msg(0, { body: LARGE }))).toBe(true);
    expect(window.admit(msg(7, { body: LARGE }))).toBe(true);
  }
});
