/** Template webhooks, read and applied. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { saveTemplates, type TemplateRow, templateByName } from '../../src/db/templates.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { applyTemplateEvent } from '../../src/inbox/apply-template-event.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { readTemplateEvent } from '../../src/inbox/whatsapp/template-events.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

const WABA = '900100'
const TEN = new Date('2026-11-02T16:00:00Z')
const later = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)
const about = { message_template_id: 1689556908129832, message_template_name: 'aviso', message_template_language: 'es' }

describe('reads', () => {
  it.each([
    [
      'an approval',
      { ...about, event: 'APPROVED', reason: 'NONE' },
      { kind: 'status', status: 'approved', reason: null },
    ],
    [
      'a rejection with its advice',
      {
        ...{ ...about, event: 'REJECTED', reason: 'INVALID_FORMAT' },
        rejection_info: { reason: 'Placeholders side by side', recommendation: 'Put words between them' },
      },
      {
        kind: 'status',
        status: 'rejected',
        reason: 'INVALID_FORMAT: Placeholders side by side: Put words between them',
      },
    ],
    [
      'a pause',
      { ...about, event: 'PAUSED', reason: null, other_info: { title: 'FIRST_PAUSE', description: 'Three hours' } },
      { kind: 'status', status: 'paused', reason: 'FIRST_PAUSE: Three hours' },
    ],
    ['the quality', { ...about, new_quality_score: 'RED' }, { kind: 'quality', quality: 'red' }],
    [
      'the notice of a category to come: the new one is today’s',
      { ...about, new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1793700000 },
      { kind: 'category', category: 'utility', upcoming: 'marketing', upcomingAt: new Date(1793700000000) },
    ],
    [
      'a category that has changed',
      { ...about, previous_category: 'UTILITY', new_category: 'MARKETING' },
      { kind: 'category', category: 'marketing', upcoming: null },
    ],
    ['other words', { ...about, message_template_element: 'Hola' }, { kind: 'content' }],
  ])('%s', (_name, change, event) => {
    const read = readTemplateEvent(change)
    expect(read).toMatchObject({ remoteId: '1689556908129832', name: 'aviso', language: 'es', ...event })
  })

  it.each([[null], ['x'], [{}], [{ event: 'APPROVED' }]])('no template in %j', change => {
    expect(readTemplateEvent(change)).toBeNull()
  })
})

describe('applies', () => {
  let database: TestDatabase
  let workspace: TestWorkspace
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)
  const current = () => within(tx => templateByName(tx, WABA, 'aviso', 'es'))
  const tell = (change: object, at = later(1)) =>
    within(tx => {
      const event = readTemplateEvent({ ...about, ...change })
      if (!event) throw new Error('speaks of no template')
      return applyTemplateEvent(tx, { now: later(60) }, { wabaId: WABA, event, at })
    })

  beforeEach(async () => {
    workspace = await testWorkspace(database.db)
    const row: TemplateRow = {
      ...{ id: newId(), workspaceId: workspace.workspaceId, wabaId: WABA, remoteId: '1689556908129832' },
      ...{ name: 'aviso', language: 'es', category: 'utility', status: 'pending', statusAt: TEN },
      ...{ rejectionReason: null, quality: null, upcomingCategory: null, upcomingCategoryAt: null },
      ...{ parameterFormat: 'positional', components: [], createdAt: TEN, updatedAt: TEN, deletedAt: null },
    }
    await within(tx => saveTemplates(tx, [row]))
  })

  it('the newest state, in any order', async () => {
    expect(await tell({ event: 'PAUSED', other_info: { title: 'FIRST_PAUSE' } }, later(5))).toBe('applied')
    await tell({ event: 'APPROVED' }, later(3))
    expect(await current()).toMatchObject({ status: 'paused', rejectionReason: 'FIRST_PAUSE', statusAt: later(5) })
    await tell({ event: 'REINSTATED' }, later(9))
    expect(await current()).toMatchObject({ status: 'approved', rejectionReason: null })
  })

  it('a category, before and after it changes', async () => {
    await tell({ new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: '1793700000' })
    expect(await current()).toMatchObject({ category: 'utility', upcomingCategory: 'marketing' })
    await tell({ previous_category: 'UTILITY', new_category: 'MARKETING' })
    expect(await current()).toMatchObject({ category: 'marketing', upcomingCategory: null, upcomingCategoryAt: null })
  })

  it('by name, where the number of the id was rounded on its way', async () => {
    await tell({ message_template_id: 1689556908129833, new_quality_score: 'YELLOW' })
    expect(await current()).toMatchObject({ quality: 'yellow' })
  })

  it('a deletion: it is no longer there', async () => {
    await tell({ event: 'DELETED' })
    expect(await current()).toBeUndefined()
  })

  it('nothing to one that is not known: it has to be read', async () => {
    expect(await tell({ message_template_id: 7, message_template_name: 'otro', event: 'APPROVED' })).toBe('stale')
    expect(await tell({ message_template_element: 'Hola' })).toBe('stale')
  })
})
