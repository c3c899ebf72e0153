import { expect, test } from "vitest";

import {
  FAILED,
  NOTHING,
  playwrightCount,
  simulationCount,
  sumOf,
  vitestCount,
} from "../../scripts/count.ts";

const vitestReport = (...files: readonly (readonly [status: string, ...tests: string[]])[]) =>
  JSON.stringify({
    testResults: files.map(([status, ...tests]) => ({
      status,
      assertionResults: tests.map((each) => ({ status: each, fullName: `a test that ${each}` })),
    })),
  });

const playwrightReport = (errors: readonly unknown[], ...statuses: readonly string[]) =>
  JSON.stringify({
    errors,
    suites: [
      {
        suites: [
          {
            specs: [
              {
                title: "a spec",
                tests: statuses.map((status) => ({ status, projectName: "firefox" })),
              },
            ],
          },
        ],
      },
    ],
  });

test("[CN1] vitest's tests are counted by what became of them", () => {
  const report = vitestReport(["passed", "passed", "pending"], ["failed", "passed", "failed"]);
  expect(vitestCount(report, 1)).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    skippedNames: ["a test that pending"],
  });
});

test("[CN2] a test file that could not be loaded is a failure", () => {
  expect(vitestCount(vitestReport(["failed"], ["passed", "passed"]), 1).failed).toBe(1);
});

test("[CN3] playwright's tests are counted over all projects, a flaky one as failed", () => {
  expect(playwrightCount(playwrightReport([], "expected", "flaky", "skipped"), 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 1,
    skippedNames: ["a spec (firefox)"],
  });
});

test("[CN4] an error outside of any test is a failure", () => {
  expect(playwrightCount(playwrightReport([{}], "expected"), 1).failed).toBe(1);
});

test("[CN5] the simulator's seeds are counted from its last line", () => {
  expect(simulationCount("noise\nsim: 300 seeds, 2 failed\n", 1)).toEqual({
    ...NOTHING,
    passed: 298,
    failed: 2,
  });
});

test.each([
  ["vitest", vitestCount, vitestReport(["passed"])],
  ["playwright", playwrightCount, playwrightReport([])],
  ["the simulator", simulationCount, "sim: 0 seeds, 0 failed"],
] as const)("[CN6] %s that ran nothing has failed", (_, count, report) => {
  expect(count(report, 0)).toEqual(FAILED);
});

test.each([
  ["vitest", vitestCount, vitestReport(["passed", "passed"])],
  ["playwright", playwrightCount, playwrightReport([], "expected")],
  ["the simulator", simulationCount, "sim: 1 seeds, 0 failed"],
] as const)("[CN7] %s that says no has failed, whatever it counted", (_, count, report) => {
  expect(count(report, 0).failed).toBe(0);
  expect(count(report, 1)).toEqual({ ...NOTHING, passed: 1, failed: 1 });
});

test.each([vitestCount, playwrightCount, simulationCount])(
  "[CN8] a report that cannot be read is one failure",
  (count) => {
    for (const report of ["", "{", "null", "{}", '{"testResults":1}', '{"suites":[{"specs":1}]}']) {
      expect(count(report, 0)).toEqual(FAILED);
    }
  },
);

test("[CN9] counts add up", () => {
  const one = { passed: 1, failed: 2, skipped: 1, skippedNames: ["a"] };
  const two = { passed: 10, failed: 0, skipped: 1, skippedNames: ["b"] };
  expect(sumOf([one, two])).toEqual({
    passed: 11,
    failed: 2,
    skipped: 2,
    skippedNames: ["a", "b"],
  });
});
