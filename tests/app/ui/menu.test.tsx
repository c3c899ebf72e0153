import { screen } from "@testing-library/react";
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
