import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'

/** wrangler stays off the network and out of the user's home; without one it would wait forever. */
const wrangler = {
  XDG_CONFIG_HOME: path.join(tmpdir(), `buzon-tools-${process.getuid?.() ?? 0}`),
  DO_NOT_TRACK: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/**
 * One Postgres for the whole run (tests/support/global-setup.ts), one database per test file cloned from a migrated
 * template. Projects: `unit` (no I/O), `node` (Postgres, HTTP),
 * `workerd` (the tests of HTTP and flows again, the service in workerd), `slow` (the Worker's own, and Chromium).
 */
export default defineConfig({
  test: {
    reporters: process.env.CI
      ? ['./tests/support/quiet-reporter.ts']
      : ['default', './tests/support/quiet-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/core/**/*.test.ts', 'tests/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'tests/{db,inbox,connectors,sync,functions,engine,http,sandbox,flows,node,support,conformance,faults}/**/*.test.ts',
          ],
          globalSetup: ['tests/support/global-setup.ts'],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'workerd',
          include: ['tests/{http,flows}/**/*.test.ts'],
          exclude: ['tests/flows/{crash,burst}.test.ts', 'tests/http/{operator-runs,walk}.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          provide: { runtime: 'workerd' },
          env: wrangler,
          maxWorkers: 2,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['tests/{edge,browser}/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          fileParallelism: false,
          env: wrangler,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
