import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'

/** wrangler stays off the network and out of the user's home; without one it would wait forever. Every process of the run has it. */
Object.assign(process.env, {
  XDG_CONFIG_HOME: path.join(tmpdir(), `buzon-tools-${process.getuid?.() ?? 0}`),
  DO_NOT_TRACK: '1',
  WRANGLER_LOG: 'error',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
})

/** Row-level security with the permissions' module replaced. */
const alone = 'tests/db/row-security.test.ts'

/**
 * One Postgres for the whole run (tests/support/global-setup.ts), one database per test file cloned from a migrated
 * template. Projects: `unit` (no I/O), `node` (Postgres, HTTP), `workerd` (the tests of HTTP and flows again, the service in
 * workerd), `apart` (Chromium, and what replaces a module of ours), `edge` (the Worker's own, one after another: its start is
 * timed). Files of `unit`, `node` and `workerd` share a process's modules, whose reading would take as long as many a test.
 */
export default defineConfig({
  test: {
    reporters: process.env.CI
      ? ['./tests/support/quiet-reporter.ts']
      : ['default', './tests/support/quiet-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['tests/core/**/*.test.ts', 'tests/*.test.ts'], isolate: false, maxWorkers: 2 },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'tests/{db,inbox,connectors,sync,functions,engine,http,sandbox,flows,node,support,conformance,faults}/**/*.test.ts',
          ],
          exclude: [alone],
          globalSetup: ['tests/support/global-setup.ts'],
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'workerd',
          include: ['tests/{http,flows}/**/*.test.ts'],
          exclude: ['tests/flows/{crash,burst}.test.ts', 'tests/http/{operator-runs,walk}.test.ts'],
          globalSetup: ['tests/support/global-setup.ts', 'tests/support/workerd-setup.ts'],
          provide: { runtime: 'workerd' },
          isolate: false,
          maxWorkers: 2,
          // A request takes twice its time on Node: the longest test takes 17 s alone, and 26 beside another.
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['tests/browser/**/*.test.ts', alone],
          globalSetup: ['tests/support/global-setup.ts'],
          maxWorkers: 2,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'edge',
          include: ['tests/edge/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
