import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Linux counts CPU time in hundredths of a second (`man 5 proc`, USER_HZ). */
const TICK_MS = 10

/** User and system time of the server that keeps its files in `home` and of all its processes; null where /proc is not. */
export function postgresCpuMs(home: string): number | null {
  try {
    const postmaster = Number(readFileSync(path.join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
    let ticks = 0
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const stat = statOf(name)
      if (!stat) continue
      // Of the postmaster also what its ended children used.
      if (Number(name) === postmaster) ticks += stat.own + stat.children
      else if (stat.parent === postmaster) ticks += stat.own
    }
    return ticks * TICK_MS
  } catch {
    return null
  }
}

/** Fields 4 and 14–17; what follows the name in brackets begins with field 3. */
function statOf(pid: string) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (nth: number) => Number(fields[nth - 3])
    return { parent: field(4), own: field(14) + field(15), children: field(16) + field(17) }
  } catch {
    return null
  }
}
