/** The rules of the app's style sheets that no linter knows: direction, contrast, and the CSP. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ROOT } from "./files.ts";

const sheets = globSync("app/**/*.css", { cwd: ROOT }).map((path) => ({
  path,
  lines: readFileSync(join(ROOT, path), "utf8").split("\n"),
}));
const tokens = readFileSync(join(ROOT, "app/style/tokens.css"), "utf8");

test("[LO1] style sheets use logical properties: they follow the direction of the language", () => {
  const physical =
    /(?:^|[\s;{-])(?:left|right|top|bottom)\b|(?:^|\s)(?:min-|max-)?(?:width|height)\s*:/u;
  const found = sheets.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => {
      // The safe areas of a screen are named by its edges.
      const rule = line.replaceAll(/\/\*.*?\*\/|safe-area-inset-\w+/gu, "");
      const isQuery = /^\s*@media/u.test(rule);
      const isComment = /^\s*(?:\/\*|\*|[A-Z])/u.test(line);
      return !isQuery && !isComment && physical.test(rule) ? [`${path}:${i + 1}: ${line}`] : [];
    }),
  );
  expect(sheets.length).toBeGreaterThan(5);
  expect(found).toEqual([]);
});

test("[LO2] index.html has no style and no script of its own: the CSP would refuse them", () => {
  const html = readFileSync(join(ROOT, "app/index.html"), "utf8");
  expect(html).not.toMatch(/\sstyle=|<style|\son\w+=/u);
  expect(html.match(/<script/gu)).toHaveLength(1);
  expect(html).toMatch(/<script type="module" src="\/main\.ts"><\/script>/u);
});

/** [token of the ink, token of the ground]: everything that carries text. */
const PAIRS = [
  ["ink", "ground"],
  ["ink", "ground-pane"],
  ["ink", "ground-raised"],
  ["ink", "ground-hover"],
  ["ink", "ground-chosen"],
  ["ink", "bubble-other"],
  ["ink-quiet", "ground"],
  ["ink-quiet", "ground-pane"],
  ["ink-quiet", "ground-raised"],
  ["ink-quiet", "ground-hover"],
  ["ink-quiet", "ground-chosen"],
  ["ink-quiet", "bubble-other"],
  ["ink-accent", "ground"],
  ["ink-accent", "ground-pane"],
  ["ink-failure", "ground-pane"],
  ["ink-failure", "ground-raised"],
  ["ink-online", "ground-pane"],
  ["ink-notice", "ground-notice"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-accent-quiet", "accent"],
] as const;

const accents = [
  ...tokens.matchAll(/\[data-accent="(\w+)"\] \{\s*--hue: ([\d.]+);\s*--chroma: ([\d.]+);/gu),
].map(([, name = "", hue, chroma]) => ({ name, hue: Number(hue), chroma: Number(chroma) }));

test.each(accents)("[LO3] text reaches 4.5:1 in both themes with the accent $name", (accent) => {
  const weak = (["light", "dark"] as const).flatMap((theme) =>
    PAIRS.flatMap(([ink, ground]) => {
      const ratio = contrast(colourOf(ink, theme, accent), colourOf(ground, theme, accent));
      return ratio < 4.5 ? [`${theme}: ${ink} on ${ground} ${ratio.toFixed(2)}`] : [];
    }),
  );
  expect(weak).toEqual([]);
});

const groups = readFileSync(join(ROOT, "app/style/groups.css"), "utf8");

test("[LO6] names of authors reach 4.5:1 on bubbles in every hue, and a warning button its ground", () => {
  const [author] = /\.message-author \{[^}]*\}/u.exec(groups) ?? [""];
  const [danger] = /\[data-dangerous="true"\] \{[^}]*\}/u.exec(groups) ?? [""];
  const [light, dark] = coloursIn(author);
  const weak = Array.from({ length: 72 }, (_, i) => i * 5).flatMap((hue) =>
    accents.flatMap((accent) => [
      ...(contrast(light!(hue), colourOf("bubble-other", "light", accent)) < 4.5 ? [hue] : []),
      ...(contrast(dark!(hue), colourOf("bubble-other", "dark", accent)) < 4.5 ? [hue] : []),
    ]),
  );
  expect(weak).toEqual([]);
  const [lightGround, darkGround, ink] = coloursIn(danger);
  expect(contrast(ink!(0), lightGround!(0))).toBeGreaterThan(4.5);
  expect(contrast(ink!(0), darkGround!(0))).toBeGreaterThan(4.5);
});

/** The colours of a rule in their order, each by the hue that stands in `--hue`. */
const coloursIn = (rule: string): readonly ((hue: number) => number)[] =>
  [...rule.matchAll(/oklch\(([\d.]+) ([\d.]+) (var\(--hue\)|[\d.]+)\)/gu)].map(
    ([, lightness, chroma, own]) =>
      (hue) =>
        relativeLuminance(
          Number(lightness),
          Number(chroma),
          own === "var(--hue)" ? hue : Number(own),
        ),
  );

test("[LO4] there are six accents, and black on white is 21:1", () => {
  expect(accents).toHaveLength(6);
  expect(contrast(relativeLuminance(0, 0, 0), relativeLuminance(1, 0, 0))).toBeCloseTo(21, 1);
  expect(contrast(relativeLuminance(0.62796, 0.25768, 29.234), 1)).toBeCloseTo(4, 1);
});

type Accent = { readonly hue: number; readonly chroma: number };

/** Relative luminance (WCAG 2.2) of a token. */
function colourOf(token: string, theme: "light" | "dark", accent: Accent): number {
  const value = new RegExp(`--${token}: ([^;]+);`, "u").exec(tokens)?.[1] ?? "";
  const alias = /^var\(--([\w-]+)\)$/u.exec(value)?.[1];
  if (alias !== undefined) return colourOf(alias, theme, accent);
  const colours = [...value.matchAll(/oklch\(([\d.]+) (\S+) (var\(--hue\)|[\d.]+)\)/gu)];
  const colour = colours[theme === "light" ? 0 : colours.length - 1];
  if (colour === undefined) throw new Error(`--${token} is no colour: ${value}`);
  const [, lightness, chroma, hue] = colour;
  return relativeLuminance(
    Number(lightness),
    chroma === "var(--chroma)" ? accent.chroma : Number(chroma),
    hue === "var(--hue)" ? accent.hue : Number(hue),
  );
}

const contrast = (a: number, b: number): number =>
  (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** OKLCH to linear sRGB (Ottosson, "A perceptual color space for image processing"), clipped. */
function relativeLuminance(lightness: number, chroma: number, hueDegrees: number): number {
  const hue = (hueDegrees * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number): number => Math.min(Math.max(x, 0), 1);
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
