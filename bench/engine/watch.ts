/** What a measurement waits for: that work begins, and that all of it has ended. */
export type Watch = {
  /** Told by the work. */
  begin(): void
  end(): void
  /** Resolves when so many have ended from now on. */
  ended(count: number): Promise<void>
  /** Resolves with the time at which the next begins, in ms of `performance.now()`. */
  begun(): Promise<number>
}

export function watchWork(): Watch {
  let left = 0
  let allEnded = () => {}
  let onBegin = () => {}
  return {
    begin: () => onBegin(),
    end() {
      if (--left === 0) allEnded()
    },
    ended: count =>
      new Promise(resolve => {
        left = count
        allEnded = resolve
      }),
    begun: () =>
      new Promise(resolve => {
        onBegin = () => {
          onBegin = () => {}
          resolve(performance.now())
        }
      }),
  }
}
