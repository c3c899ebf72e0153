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
  // Made when first asked for: they cost milliseconds, and of most catalogues no word is ever read.
  let rules: Intl.PluralRules | undefined;
  let figures: Intl.NumberFormat | undefined;
  return (count, forms) => {
    rules ??= new Intl.PluralRules(lang);
    figures ??= new Intl.NumberFormat(lang);
    return (forms[rules.select(count)] ?? forms.other).replaceAll("#", figures.format(count));
  };
}
