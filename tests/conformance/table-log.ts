import type { Db } from '../../src/db/client.ts'
import type { Log } from './case.ts'

/** A log that outlives the process that writes it. */
export function tableLog(db: Db): Log {
  return {
    async add({ runId, step, line }) {
      await db`insert into log (run_id, step, line) values (${runId}, ${step}, ${line})`
    },
    async lines() {
      return (await db<{ line: string }[]>`select line from log order by id`).map(row => row.line)
    },
  }
}

export const createLog = (db: Db) => db`
  create table log (id bigint generated always as identity, run_id text not null, step text not null, line text not null)`
