import { join } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** For packages whose tests start gateways: these run what is shipped, which is up in a third of the time of its sources. */
export const startsGateways: Pick<NonNullable<ViteUserConfig['test']>, 'globalSetup'> = {
  globalSetup: join(import.meta.dirname, 'apps/gateway/test/support/bundle-once.ts'),
}

/** What every package's test run has in common; CI gets a report to sum beside what people read. */
export function packageTests(
  name: string,
  { env, setupFiles = [], ...test }: NonNullable<ViteUserConfig['test']> = {},
): ViteUserConfig {
  const reports = process.env.COUNTERSIGN_REPORTS
  return defineConfig({
    test: {
      // Many tests start the real gateway; its sources need not be compiled anew each time.
      env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node'), ...env },
      // Most of a file's time is its imports; what it changes of the process, it puts back.
      isolate: false,
      // For hangs only: a busy machine must not decide a test.
      testTimeout: 240_000,
      hookTimeout: 240_000,
      setupFiles: [join(import.meta.dirname, 'vitest.setup.ts'), ...[setupFiles].flat()],
      expect: { poll: { timeout: 60_000 } },
      // Only in CI, whose machine is shared: `.ci/run` names each test that needed its second try.
      retry: reports ? 1 : 0,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: reports ? ['default', ['json', { outputFile: join(reports, `${name}.json`) }]] : ['default'],
      ...test,
    },
  })
}
