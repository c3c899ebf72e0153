import { screen } from "@testing-library/react";
import { type ReactElement, Suspense } from "react";
import { expect, test, vi } from "vitest";

import { Dialog } from "../../../app/ui/dialog.tsx";
import { late } from "../../../app/ui/late.tsx";
import { show } from "../screen.tsx";

type Props = { readonly onClose: () => void };

const Here = ({ onClose }: Props): ReactElement => (
  <Dialog heading="Here" onClose={onClose}>
    <p>it is</p>
  </Dialog>
);

test("[ALX1] what does not arrive says so in its place, and what lies below stays", async () => {
  const onClose = vi.fn<() => void>();
  const Never = late<Props>(() => Promise.reject(new TypeError("Failed to fetch")));
  const Came = late(() => Promise.resolve(Here));
  await show(
    <>
      <p>below</p>
      <Suspense fallback={null}>
        <Never onClose={onClose} />
        <Came onClose={onClose} />
      </Suspense>
    </>,
  );
  await screen.findByRole("dialog", { name: "Here" });
  const missing = screen.getByRole("dialog", { name: "This part of Kith is not here" });
  expect(screen.getByText("below")).toBeTruthy();
  expect(missing.querySelector(".primary-button")?.textContent).toBe("Reload");
  missing.querySelector<HTMLElement>("[aria-label=Close]")?.click();
  expect(onClose).toHaveBeenCalledOnce();
});
