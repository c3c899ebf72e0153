import { expect, onTestFinished, test } from "vitest";

import { acceptBroadcast, dialBroadcast, type Port } from "../../../app/engine/port.ts";

type Said = { readonly n: number };

let rooms = 0;
const room = (): string => `room ${(rooms += 1)}`;

function dial(name: string, tab: string, onEngine = (): void => undefined): Port<Said, Said> {
  const port = dialBroadcast<Said, Said>(name, tab, onEngine);
  onTestFinished(() => port.close());
  return port;
}

const next = (port: Port<Said, Said>): Promise<Said> =>
  new Promise((resolve) => port.listen(resolve));

test("[APO1] over a broadcast each tab speaks with the engine alone", async () => {
  const name = room();
  const stop = acceptBroadcast<Said, Said>(name, (port) =>
    port.listen(({ n }) => port.post({ n: n + 1 })),
  );
  onTestFinished(stop);
  const [a, b] = [dial(name, "a"), dial(name, "b")];
  const heard = Promise.all([next(a), next(b)]);
  a.post({ n: 1 });
  b.post({ n: 10 });
  expect(await heard).toEqual([{ n: 2 }, { n: 11 }]);
});

test("[APO2] tabs learn that another engine has started", async () => {
  const name = room();
  const started = Promise.withResolvers<void>();
  dial(name, "a", started.resolve);
  onTestFinished(acceptBroadcast<Said, Said>(name, () => undefined));
  await started.promise;
});
