/** The simulated time, which tests and people move. Requests are signed at it, so receivers must follow it. */
export type Clock = {
  now(): number
  iso(): string
  seconds(): string
}

export type ClockState = { offsetMs: number }

/** The offset lives in the snapshot, so that a restart stays at the simulated time. */
export function createClock(state: () => ClockState, base: () => Date): Clock {
  const now = () => base().getTime() + state().offsetMs
  return {
    now,
    iso: () => new Date(now()).toISOString(),
    seconds: () => String(Math.floor(now() / 1000)),
  }
}
