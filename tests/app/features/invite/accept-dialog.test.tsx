import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { AcceptDialog } from "../../../../app/features/invite/accept-dialog.tsx";
import { show } from "../../screen.tsx";

const shown = (link: string) =>
  show(<AcceptDialog link={link} onClose={() => undefined} onOpened={() => undefined} />);

test("[AAJ1] before a link into a group is used it is asked, and nobody is told anything", async () => {
  const link = "https://relay.example/#A4AAAA";
  const { engine } = await shown(link);
  expect(
    screen.getByRole("dialog", { name: "Join the group that this link leads to?" }),
  ).toBeTruthy();
  expect(engine.heard.some((it) => it.type === "ask")).toBe(false);
  fireEvent.click(screen.getByRole("button", { name: "Join group" }));
  await waitFor(() =>
    expect(engine.heard.at(-1)).toMatchObject({ call: { method: "acceptInvite", args: [link] } }),
  );
});

test("[AAJ1] a link to a person asks whether to chat with them", async () => {
  await shown("https://relay.example/#AQAAAA");
  expect(screen.getByRole("button", { name: "Open the chat" })).toBeTruthy();
});
