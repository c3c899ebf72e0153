import { fireEvent, screen } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { Menu, type Point } from "../../../app/ui/menu.tsx";
import { show } from "../screen.tsx";

test("[AMN3] a menu without room below opens above what it is about, unless there is no room either", async () => {
  const box = { width: 200, height: 300 } as DOMRect;
  const boxes = vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(box);
  onTestFinished(() => boxes.mockRestore());
  const items = [{ label: "Reply", icon: null, act: () => undefined }];
  const topAt = async (at: Point): Promise<string> => {
    const menu = <Menu label="Menu" at={at} items={items} onClose={() => undefined} />;
    const { unmount } = await show(menu);
    const { top } = screen.getByRole("menu").style;
    unmount();
    return top;
  };
  const bottom = innerHeight;
  expect(await topAt({ x: 0, y: 100, above: 60 })).toBe("100px");
  expect(await topAt({ x: 0, y: bottom - 100, above: bottom - 140 })).toBe(`${bottom - 440}px`);
  expect(await topAt({ x: 0, y: bottom - 100, above: 200 })).toBe(`${bottom - 308}px`);
  expect(await topAt({ x: 0, y: bottom - 100 })).toBe(`${bottom - 308}px`);
});

test("[AMN5] what is dangerous stands behind a line, and no double click chooses it", async () => {
  const [star, remove, onClose] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()];
  const items = [
    { label: "Star", icon: null, act: star },
    { label: "Hide", icon: null, isDangerous: true, act: () => undefined },
    { label: "Delete", icon: null, isDangerous: true, act: remove },
  ];
  await show(<Menu label="Menu" at={{ x: 0, y: 0 }} items={items} onClose={onClose} />);
  const parts = [...screen.getByRole("menu").children].map((it) => it.textContent || it.tagName);
  expect(parts).toEqual(["Star", "HR", "Hide", "Delete"]);
  const [first, , last] = screen.getAllByRole("menuitem");
  fireEvent.click(last!, { detail: 2 });
  expect([remove, onClose].map((it) => it.mock.calls)).toEqual([[], []]);
  fireEvent.click(last!, { detail: 1 });
  expect(remove).toHaveBeenCalledOnce();
  fireEvent.click(first!, { detail: 2 });
  expect(star).toHaveBeenCalledOnce();
});
