/**
 * Picks a word's form for a number by the language's own rules (Unicode CLDR through Intl). [APL1]
 * The form that fits, with the number in it. [APL2] `other` where the catalogue has no such form.
 */

/** Every language has `other`; what else it needs, its catalogue gives. */
export type Forms = { readonly other: string } & Partial<
  Readonly<Record<Intl.LDMLPluralRule, string>>
>;

/** `#` in the chosen form becomes the number, grouped as the language does it. */
export function pluralOf(lang: string): (count: number, forms: Forms) => string {
  const figures = figuresOf(lang);
  let rules: Intl.PluralRules | undefined;
  return (count, forms) => {
    rules ??= new Intl.PluralRules(lang);
    return (forms[rules.select(count)] ?? forms.other).replaceAll("#", figures(count));
  };
}

/** A number as the language groups it. */
export function figuresOf(lang: string): (count: number) => string {
  // Made when first asked for: it costs milliseconds, and of most catalogues no word is ever read.
  let figures: Intl.NumberFormat | undefined;
  return (count) => (figures ??= new Intl.NumberFormat(lang)).format(count);
}

/** Names as the language strings them together: "Ann, Bob and Cleo". */
export function listOf(lang: string): (names: readonly string[]) => string {
  let list: Intl.ListFormat | undefined;
  return (names) => (list ??= new Intl.ListFormat(lang)).format(names);
}
