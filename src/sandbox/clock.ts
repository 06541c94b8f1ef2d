/** Two times: `now` is the simulated one that tests and people move; `wall` signs requests, which receivers check. */
export type Clock = {
  now(): number
  iso(): string
  seconds(): string
  wall(): number
}

export type ClockState = { offsetMs: number }

/** The offset lives in the snapshot, so that a restart stays at the simulated time. */
export function createClock(state: () => ClockState, base: () => Date): Clock {
  const now = () => base().getTime() + state().offsetMs
  return {
    now,
    iso: () => new Date(now()).toISOString(),
    seconds: () => String(Math.floor(now() / 1000)),
    wall: () => base().getTime(),
  }
}
