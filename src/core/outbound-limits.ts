/**
 * WhatsApp's limits of a message (Meta, "Messages" reference), checked before it is queued: what breaks one is told field
 * by field, with what to mend, in three languages.
 */
import { type FileFacts, mediaProblems } from './media.ts'
import { type Composed, filesIn, type Outbound } from './outbound.ts'
import { commerceProblems, countryProblems } from './outbound-commerce.ts'
import { atMost, between, count, length, type OutboundProblem, unique } from './outbound-problem.ts'

export { explainProblem, type OutboundProblem } from './outbound-problem.ts'
export { templateProblems } from './outbound-template-limits.ts'

/** Nothing where it is within WhatsApp's limits. */
export function problemsOf(message: Composed | Outbound): OutboundProblem[] {
  switch (message.type) {
    case 'text':
      return length('text', message.text, 4096)
    case 'image':
    case 'video':
    case 'document':
      return atMost('caption', message.caption, 1024)
    case 'audio':
    case 'voice':
    case 'sticker':
      return []
    case 'location':
      return [
        ...between('latitude', message.latitude, 90),
        ...between('longitude', message.longitude, 180),
        ...atMost('name', message.name, 1000),
        ...atMost('address', message.address, 1000),
      ]
    case 'contacts':
      return [
        ...count('cards', message.cards, 1, 257),
        ...message.cards.flatMap(({ name }, n) => length(`cards.${n}.name.formatted`, name.formatted, 1000)),
      ]
    case 'reaction':
      return isOneEmoji(message.emoji) ? [] : [{ field: 'emoji', rule: 'not one emoji', facts: {} }]
    case 'template':
      return [
        ...atMost('name', message.name, 512),
        ...(message.buttons ?? []).flatMap(({ value, type }, n) =>
          length(`buttons.${n}.value`, value, type === 'copy_code' ? 20 : 2000),
        ),
        ...(message.code === undefined ? [] : length('code', message.code, 15)),
        ...(message.cards ? count('cards', message.cards, 1, 10) : []),
      ]
    case 'buttons':
      return [...wordsWithin(message, 1024), ...count('buttons', message.buttons, 1, 3), ...optionsOf(message.buttons)]
    case 'list':
      return [...wordsWithin(message, 4096), ...length('button', message.button, 20), ...sectionsOf(message.sections)]
    case 'cta_url':
    case 'flow':
      return [...wordsWithin(message, 1024), ...length('button', message.button, 20)]
    case 'location_request':
    case 'request_contact_info':
      return length('body', message.body, 1024)
    case 'product':
    case 'product_list':
    case 'catalog':
    case 'address_request':
      return commerceProblems(message)
  }
}

/** Against whom it goes to; `waId` is null where the customer hides the number. Codes go to numbers only (131062). */
export function addresseeProblems(message: Composed | Outbound, waId: string | null): OutboundProblem[] {
  if (message.type === 'address_request') return countryProblems(message, waId)
  const isCode = message.type === 'template' && message.code !== undefined
  return isCode && waId === null ? [{ field: 'code', rule: 'needs number', facts: {} }] : []
}

/** A file of ours, as far as it is known. */
export type KnownFile = FileFacts & { state: string }

/** Against the files as they are here, by their ids. */
export function fileProblems(message: Composed | Outbound, files: ReadonlyMap<string, KnownFile>): OutboundProblem[] {
  return filesIn(message).flatMap(({ field, kind, source }): OutboundProblem[] => {
    if (!('id' in source)) return []
    const file = files.get(source.id)
    if (!file) return [{ field, rule: 'no such file', facts: {} }]
    if (file.state !== 'stored') return [{ field, rule: 'not here yet', facts: { state: file.state } }]
    return mediaProblems(kind, file).map(problem => ({ field, ...problem }))
  })
}

type Headed = { body: string; header?: { type: string; text?: string } | undefined; footer?: string | undefined }

function wordsWithin({ body, header, footer }: Headed, max: number): OutboundProblem[] {
  return [
    ...length('body', body, max),
    ...(header?.type === 'text' ? length('header.text', header.text ?? '', 60) : []),
    ...atMost('footer', footer, 60),
  ]
}

function optionsOf(buttons: { id: string; title: string }[]): OutboundProblem[] {
  return [
    ...buttons.flatMap(({ id, title }, n) => [
      ...length(`buttons.${n}.id`, id, 256),
      ...length(`buttons.${n}.title`, title, 20),
    ]),
    ...unique(
      'buttons',
      buttons.map(({ id }) => id),
    ),
    ...unique(
      'buttons',
      buttons.map(({ title }) => title),
    ),
  ]
}

type Section = { title?: string | undefined; rows: { id: string; title: string; description?: string | undefined }[] }

function sectionsOf(sections: Section[]): OutboundProblem[] {
  const rows = sections.flatMap(section => section.rows)
  return [
    ...count('sections', sections, 1, 10),
    ...count('sections.rows', rows, 1, 10),
    ...sections.flatMap((section, n) => [
      ...atMost(`sections.${n}.title`, section.title, 24),
      ...(sections.length > 1 && !section.title
        ? [{ field: `sections.${n}`, rule: 'no title' as const, facts: {} }]
        : []),
      ...count(`sections.${n}.rows`, section.rows, 1, 10),
      ...section.rows.flatMap(({ id, title, description }, at) => [
        ...length(`sections.${n}.rows.${at}.id`, id, 200),
        ...length(`sections.${n}.rows.${at}.title`, title, 24),
        ...atMost(`sections.${n}.rows.${at}.description`, description, 72),
      ]),
    ]),
    ...unique(
      'sections.rows',
      rows.map(({ id }) => id),
    ),
  ]
}

const graphemes = new Intl.Segmenter()

function isOneEmoji(text: string): boolean {
  if (text === '') return true
  return (
    [...graphemes.segment(text)].length === 1 &&
    /\p{Emoji_Presentation}|\p{Emoji}\uFE0F?|\p{Regional_Indicator}/u.test(text) &&
    !/^[0-9#*]$/.test(text)
  )
}
