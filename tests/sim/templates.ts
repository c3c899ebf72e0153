/**
 * Worlds to begin from: people who know each other and have talked, made by the real code on a kind way.
 * A run makes each of them once, in whatever thread, and gives them to all that need them.
 */
import { becomeQuiet, begin, worldOf } from "./course.ts";
import { templatePlan } from "./make-plan.ts";
import { BUSY_MS, type Template } from "./plan.ts";
import type { SavedWorld } from "./world.ts";

/** Or why it could not be made. */
const templates = new Map<string, Promise<SavedWorld | string>>();

export const templateName = ({ family, relays, n }: Template): string => `${family} ${relays} ${n}`;

/** Worlds that were made elsewhere. */
export function useTemplates(made: ReadonlyMap<string, SavedWorld | string>): void {
  for (const [name, world] of made) templates.set(name, Promise.resolve(world));
}

export function templateOf(template: Template): Promise<SavedWorld | string> {
  const name = templateName(template);
  const known = templates.get(name) ?? buildTemplate(template);
  templates.set(name, known);
  return known;
}

export async function buildTemplate(template: Template): Promise<SavedWorld | string> {
  const plan = templatePlan(template);
  const world = worldOf(plan, null, false);
  await begin(world, plan);
  await world.run(BUSY_MS);
  await becomeQuiet(world);
  const { failure } = world;
  return failure === null ? world.save() : `${failure}, in template ${templateName(template)}`;
}
