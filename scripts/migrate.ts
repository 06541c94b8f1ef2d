/** `npm run db:migrate`: brings the database to the schema of this version. `npm start` does it too. */
import { withDatabase } from './database.ts'

await withDatabase(async () => {
  process.stdout.write('The database is up to date.\n')
})
