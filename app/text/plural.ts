/**
 * Picks a word's form for a number by the language's own rules (Unicode CLDR through Intl). [PL1] The
 * form that fits, with the number in it. [PL2] `other` where the catalogue has no such form.
 */

/** Every language has `other`; what else it needs, its catalogue gives. */
export type Forms = { readonly other: string } & Partial<
  Readonly<Record<Intl.LDMLPluralRule, string>>
>;

/** `#` in the chosen form becomes the number, grouped as the language does it. */
export function pluralOf(lang: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(lang);
  const figures = new Intl.NumberFormat(lang);
  return (count, forms) =>
    (forms[rules.select(count)] ?? forms.other).replaceAll("#", figures.format(count));
}
