import type { Hono } from 'hono'
import type { SandboxEnv } from './runtime.ts'

export function mountPage(app: Hono<SandboxEnv>, _options: { hubUrl?: string; apiKeyHint?: string }) {
  app.get('/', c => c.text('sandbox'))
}
