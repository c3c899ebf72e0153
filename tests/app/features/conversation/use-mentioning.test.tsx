import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { channelsOf, contactsOf, rostersOf } from "../../../../app/db/tables.ts";
import { Composer } from "../../../../app/features/conversation/composer.tsx";
import { MessageText } from "../../../../app/features/conversation/message-text.tsx";
import { channel, contact, openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const CAROL = "cc".repeat(32);

/** A group of Bob, Carol and us. */
async function shown() {
  const db = await openRows();
  await contactsOf(db).bulkAdd([
    contact(THEM, { name: "Bob" }),
    contact(CAROL, { name: "Carol", state: "member" }),
  ]);
  await channelsOf(db).add(channel(1, { kind: "group", account: "" }));
  const members = [US, THEM, CAROL].map((account) => ({ account, role: "member" }));
  await rostersOf(db).add({ c: 1, members, title: "Hike", topic: "" } as never);
  const none = (): void => undefined;
  const screenOf = await show(
    <Composer c={1} answering={null} onAnswering={none} onSent={none} onEditLast={none} />,
    { db },
  );
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  const type = (text: string): void => {
    field.focus();
    fireEvent.input(field, { target: { value: text } });
  };
  return { ...screenOf, field, type };
}

const options = async (): Promise<readonly string[]> => {
  const list = await screen.findByRole("listbox", { name: "People to mention" });
  return within(list)
    .getAllByRole("option")
    .map((it) => it.querySelector("bdi")?.textContent ?? "");
};
const activeName = (field: HTMLElement): string | undefined => {
  const id = field.getAttribute("aria-activedescendant") ?? "";
  return document.getElementById(id)?.querySelector("bdi")?.textContent ?? undefined;
};

test("[AMG1] a list of the others opens at @, and what is chosen goes with the text", async () => {
  const { field, type, engine } = await shown();
  type("thanks @");
  expect(await options()).toEqual(["Bob", "Carol"]);
  expect(activeName(field)).toBe("Bob");
  fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(activeName(field)).toBe("Carol");
  fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(activeName(field)).toBe("Bob");
  fireEvent.keyDown(field, { key: "ArrowUp" });
  await act(async () => void fireEvent.keyDown(field, { key: "Enter" }));
  expect(field.value).toBe("thanks @Carol ");
  expect(screen.queryByRole("listbox")).toBeNull();
  await act(async () => void fireEvent.keyDown(field, { key: "Enter" }));
  const mentions = [{ account: CAROL, start: 7, length: 6 }];
  await waitFor(() => {
    const sent = engine.heard.findLast((it) => it.type === "ask");
    expect(sent?.call.args).toEqual([1, "thanks @Carol ", { mentions }]);
  });
});

test("[AMG1] Escape closes the list, another letter opens it again, a click inserts", async () => {
  const { field, type } = await shown();
  type("@");
  await options();
  fireEvent.keyDown(field, { key: "Escape" });
  expect(screen.queryByRole("listbox")).toBeNull();
  type("@c");
  expect(await options()).toEqual(["Carol"]);
  await act(async () => void fireEvent.click(screen.getByRole("option")));
  expect(field.value).toBe("@Carol ");
});

test("[AMG2] says how many fit", async () => {
  const { type } = await shown();
  type("@");
  await options();
  const told = document.querySelector("[aria-live=polite]");
  await waitFor(() => expect(told?.textContent).toMatch(/^2 people match/u));
});

test("[AMG3] an Enter of an input method inserts nothing", async () => {
  const { field, type } = await shown();
  type("@");
  await options();
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(field.value).toBe("@");
});

test("[AZN1] [AZN2] shows who is named by the name one knows, and says that it is oneself", async () => {
  const bytes = (hex: string): Uint8Array => new Uint8Array(32).fill(Number.parseInt(hex, 16));
  const mentions = [
    { account: bytes("bb"), start: 0, length: 4 },
    { account: bytes("aa"), start: 5, length: 3 },
    { account: bytes("ee"), start: 9, length: 4 },
    { account: bytes("bb"), start: 90, length: 4 },
  ];
  const people = new Map([[THEM, "Bob"]]);
  const { container } = await show(
    <MessageText text="@Eve @Me @who https://a.example" mentions={mentions} people={people} />,
  );
  const named = [...container.querySelectorAll(".mention")];
  expect(named.map((it) => it.firstChild?.textContent)).toEqual(["@Bob", "@Alice", "@who"]);
  expect(named.map((it) => (it as HTMLElement).dataset["me"])).toEqual(["false", "true", "false"]);
  expect(named[1]?.textContent).toContain("mentions you");
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://a.example/");
});
