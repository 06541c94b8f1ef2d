import { expect, it, vi } from 'vitest'
import { createNews } from '../../src/http/news.ts'

const made = (workspaceId: string) => ({ name: 'inbox/changes.made' as const, data: { workspaceId } })

it('wakes all who listen to the workspace, and nobody else; the event goes on', async () => {
  vi.useFakeTimers()
  const news = createNews()
  const sent: string[] = []
  const emit = news.overhear(async events => void sent.push(...events.map(({ name }) => name)))
  const waits = ['a', 'a', 'b'].map(id => news.next(id, 700))
  await emit([made('a'), { name: 'inbox/message.queued', data: { workspaceId: 'b', conversationId: 'c' } }])
  expect(await Promise.all(waits.slice(0, 2))).toEqual([true, true])
  expect(sent).toEqual(['inbox/changes.made', 'inbox/message.queued'])
  vi.advanceTimersByTime(699)
  await emit([made('a')])
  vi.advanceTimersByTime(1)
  expect(await waits[2]).toBe(false)
  vi.useRealTimers()
})
