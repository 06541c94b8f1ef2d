import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema/*.ts',
  out: './migrations',
  casing: 'snake_case',
  entities: { roles: { exclude: ['buzon_app', 'buzon_auth'] } },
})
