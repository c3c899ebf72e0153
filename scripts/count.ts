/**
 * How many tests passed, failed and were skipped, read from what each runner reports. All promise
 * the same: a runner that ran nothing, broke off or could not be read counts as a failure.
 */

export type Count = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The skipped ones' names: in CI each is a failure, see `steps.ts`. */
  readonly skippedNames: readonly string[];
};

export const NOTHING: Count = { passed: 0, failed: 0, skipped: 0, skippedNames: [] };
export const PASSED: Count = { ...NOTHING, passed: 1 };
export const FAILED: Count = { ...NOTHING, failed: 1 };

export function sumOf(counts: readonly Count[]): Count {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    skipped: counts.reduce((sum, count) => sum + count.skipped, 0),
    skippedNames: counts.flatMap((count) => count.skippedNames),
  };
}

type VitestReport = {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
};

/** From `vitest --reporter=json`. A file that could not be loaded has no tests: one failure. */
export function vitestCount(report: string, exitCode: number): Count {
  return counted(exitCode, () => {
    const { testResults } = JSON.parse(report) as VitestReport;
    return sumOf(testResults.map(fileCount));
  });
}

function fileCount({ status, assertionResults: tests }: VitestReport["testResults"][0]): Count {
  const passed = tests.filter((test) => test.status === "passed").length;
  const failed = tests.filter((test) => test.status === "failed").length;
  const skippedNames = tests
    .filter((test) => test.status !== "passed" && test.status !== "failed")
    .map((test) => test.fullName);
  const broken = status === "failed" && failed === 0 ? 1 : 0;
  return { passed, failed: failed + broken, skipped: skippedNames.length, skippedNames };
}

type PlaywrightSuite = {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string; readonly projectName: string }[];
  }[];
};

type PlaywrightReport = PlaywrightSuite & { readonly errors?: readonly unknown[] };

/** From `playwright test --reporter=json`. A flaky test is a failed one. */
export function playwrightCount(report: string, exitCode: number): Count {
  return counted(exitCode, () => {
    const read = JSON.parse(report) as PlaywrightReport;
    const tests = testsOf(read);
    const skippedNames = tests.filter((test) => test.status === "skipped").map((test) => test.name);
    const passed = tests.filter((test) => test.status === "expected").length;
    const failed = tests.length - passed - skippedNames.length + (read.errors?.length ?? 0);
    return { passed, failed, skipped: skippedNames.length, skippedNames };
  });
}

function testsOf(suite: PlaywrightSuite): readonly { status: string; name: string }[] {
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map(({ status, projectName }) => ({ status, name: `${title} (${projectName})` })),
  );
  return [...own, ...(suite.suites ?? []).flatMap(testsOf)];
}

/** From the simulator's last line, `sim: N seeds, F failed`: each seed is a test. */
export function simulationCount(output: string, exitCode: number): Count {
  return counted(exitCode, () => {
    const last = output.trimEnd().split("\n").at(-1) ?? "";
    const [, seeds, failures] = /^sim: (\d+) seeds, (\d+) failed$/u.exec(last) ?? [];
    const failed = Number(failures ?? 0);
    return { ...NOTHING, passed: Number(seeds ?? 0) - failed, failed };
  });
}

/**
 * Adds the failure that the numbers do not show: the report cannot be read, nothing ran, or the
 * runner itself said no.
 */
function counted(exitCode: number, count: () => Count): Count {
  let shown: Count;
  try {
    shown = count();
  } catch {
    return FAILED;
  }
  const ran = shown.passed + shown.failed > 0;
  const hidden = !ran || (exitCode !== 0 && shown.failed === 0);
  return hidden ? { ...shown, failed: shown.failed + 1 } : shown;
}
