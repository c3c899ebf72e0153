/**
 * Worlds to begin from: people who know each other and have talked, made by the real code on a kind way.
 * A run makes each of them once, in whatever thread, and gives them to all that need them.
 */
import { becomeQuiet, begin, worldOf } from "./course.ts";
import { templatePlan } from "./make-plan.ts";
import { BUSY_MS, type Family } from "./plan.ts";
import type { SavedWorld } from "./world.ts";

export type TemplateId = { readonly family: Family; readonly n: number };

/** Or why it could not be made. */
const templates = new Map<string, Promise<SavedWorld | string>>();

export const templateName = (family: Family, n: number): string => `${family} ${n}`;

/** Worlds that were made elsewhere. */
export function useTemplates(made: ReadonlyMap<string, SavedWorld | string>): void {
  for (const [name, world] of made) templates.set(name, Promise.resolve(world));
}

export function templateOf(family: Family, n: number): Promise<SavedWorld | string> {
  const name = templateName(family, n);
  const known = templates.get(name) ?? buildTemplate(family, n);
  templates.set(name, known);
  return known;
}

export async function buildTemplate(family: Family, n: number): Promise<SavedWorld | string> {
  const plan = templatePlan(family, n);
  const world = worldOf(plan, null, false);
  await begin(world, plan);
  await world.run(BUSY_MS);
  await becomeQuiet(world, family);
  return world.failure === null ? world.save() : `${world.failure}, in template ${family} ${n}`;
}
