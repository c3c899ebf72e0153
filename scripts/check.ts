/** `npm run check`: format, lint, types, unused code, unit tests. For people and hooks. */
import { CHECK_STEPS } from "./check-steps.ts";
import { runSteps } from "./steps.ts";

process.exitCode = await runSteps(CHECK_STEPS);
