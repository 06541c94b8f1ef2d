import type { Case } from '../case.ts'
import { crons } from './crons.ts'
import { failures } from './failures.ts'
import { flow } from './flow.ts'
import { invocations } from './invocations.ts'
import { steps } from './steps.ts'
import { triggers } from './triggers.ts'
import { waits } from './waits.ts'

/** Every case. Names are unique within the suite. */
export const groups: Record<string, Case[]> = { triggers, crons, flow, steps, failures, waits, invocations }
