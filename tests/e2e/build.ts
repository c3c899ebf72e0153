/** Before the first spec: the build that the relays serve is the one of the sources. */
import { buildApp } from "../../scripts/build-app.ts";

export default async function build(): Promise<void> {
  if (!(await buildApp())) throw new Error("the app could not be built");
}
