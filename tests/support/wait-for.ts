/** For what finishes after the answer: asks until there is an answer, at the most for ten seconds. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined | false>, forMs = 10_000): Promise<T> {
  const until = performance.now() + forMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > until) throw new Error(`Waited ${forMs} ms in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
