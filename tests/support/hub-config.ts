import { type Config, readConfig } from '../../src/config.ts'

/** The sandbox's configuration with addresses of the test's own. */
export function testConfig(appUrl: string, sandboxUrl: string): Config {
  const config = readConfig({})
  return {
    ...config,
    appUrl,
    whatsapp: { ...config.whatsapp, apiUrl: `${sandboxUrl}/whatsapp` },
    hubspotApiUrl: `${sandboxUrl}/hubspot`,
  }
}
