/** A camera reads the code on another screen. Chromium lets a film stand in for what it sees. */
import { rmSync, writeFileSync } from "node:fs";

import { chromium, expect } from "@playwright/test";
import { encodeQR } from "qr";

import { chromiumLaunch } from "../../scripts/browsers.ts";
import { agree, openOnMember, openOnNewcomer, shownLink } from "./link-devices.ts";
import { person } from "./person.ts";
import { test } from "./world.ts";

const [WIDTH, HEIGHT] = [640, 480];
const GREY = 128;

/** A film of one picture: the code in the middle of a bright wall. YUV4MPEG2, 4:2:0. */
function filmOf(text: string): Buffer {
  const modules = encodeQR(text, "raw", { border: 4 });
  const scale = Math.floor(HEIGHT / modules.length);
  const [left, top] = [WIDTH, HEIGHT].map((it) => Math.floor((it - modules.length * scale) / 2));
  const luma = Buffer.alloc(WIDTH * HEIGHT, 235);
  for (let y = 0; y < modules.length * scale; y += 1) {
    for (let x = 0; x < modules.length * scale; x += 1) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      if (isDark) luma[((top ?? 0) + y) * WIDTH + (left ?? 0) + x] = 16;
    }
  }
  const frame = Buffer.concat([luma, Buffer.alloc((WIDTH * HEIGHT) / 2, GREY)]);
  const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from("FRAME\n"), frame]);
}

test("[ASB1] a device is linked by the code that its camera sees, and the camera is off then @chromium", async ({
  newcomer,
  relay,
}, testInfo) => {
  const phone = await newcomer();
  await phone.start("Alice");
  await openOnMember(phone);
  const film = testInfo.outputPath("code.y4m");
  writeFileSync(film, filmOf(await shownLink(phone)));

  const { args, ...options } = chromiumLaunch();
  const fake = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${film}`,
  ];
  await using browser = await chromium.launch({ ...options, args: [...(args ?? []), ...fake] });
  await using laptop = await person(browser, relay.url);
  const { page } = laptop;
  await page.goto(relay.url);
  await openOnNewcomer(laptop);
  await page.getByRole("button", { name: "Scan a code" }).click();
  await agree(phone, laptop);
  await expect(page.locator("video")).toHaveCount(0);
  rmSync(film);
});
