/** Messages of a catalogue, and the form for an address (Meta, "Sell products and services" and "Address messages"). */
import { z } from 'zod'
import { atMost, count, length, type OutboundProblem, unique } from './outbound-problem.ts'

const footer = z.string().optional()
const productId = z.string().min(1)

const addressFields = z.record(z.string(), z.string())

export const commerce = [
  z.strictObject({
    type: z.literal('product'),
    body: z.string().optional(),
    footer,
    catalogId: z.string().min(1),
    productId,
  }),
  z.strictObject({
    type: z.literal('product_list'),
    header: z.strictObject({ type: z.literal('text'), text: z.string() }),
    body: z.string(),
    footer,
    catalogId: z.string().min(1),
    sections: z.array(z.strictObject({ title: z.string().optional(), productIds: z.array(productId) })),
  }),
  /** The whole catalogue that is connected to the number. */
  z.strictObject({ type: z.literal('catalog'), body: z.string(), footer, thumbnailProductId: productId.optional() }),
  /** A form for an address, of numbers in India and Singapore only. */
  z.strictObject({
    type: z.literal('address_request'),
    body: z.string(),
    footer,
    country: z.enum(['IN', 'SG']),
    /** What the form begins with, in WhatsApp's names of its fields. */
    values: addressFields.optional(),
    /** Of addresses the customer has given before: to choose one. */
    saved: z.array(z.strictObject({ id: z.string().min(1), values: addressFields })).optional(),
    /** What was wrong with the last answer, field by field. */
    mistakes: addressFields.optional(),
  }),
] as const

export type Commerce = z.infer<(typeof commerce)[number]>

export function commerceProblems(message: Commerce): OutboundProblem[] {
  switch (message.type) {
    case 'product':
      return [...atMost('body', message.body, 1024), ...atMost('footer', message.footer, 60)]
    case 'product_list':
      return [
        ...length('header.text', message.header.text, 60),
        ...length('body', message.body, 1024),
        ...atMost('footer', message.footer, 60),
        ...sectionProblems(message.sections),
      ]
    case 'catalog':
    case 'address_request':
      return [...length('body', message.body, 1024), ...atMost('footer', message.footer, 60)]
  }
}

function sectionProblems(sections: Extract<Commerce, { type: 'product_list' }>['sections']): OutboundProblem[] {
  const products = sections.flatMap(section => section.productIds)
  return [
    ...count('sections', sections, 1, 10),
    ...count('sections.productIds', products, 1, 30),
    ...sections.flatMap(({ title, productIds }, n) => [
      ...atMost(`sections.${n}.title`, title, 24),
      ...(sections.length > 1 && !title ? [{ field: `sections.${n}`, rule: 'no title' as const, facts: {} }] : []),
      ...count(`sections.${n}.productIds`, productIds, 1, 30),
    ]),
    ...unique('sections.productIds', products),
  ]
}

/** What a person reads of it: products by the ids of the shop. */
export function commerceWords(message: Commerce): string {
  const { body = '', footer: below = '' } = message
  switch (message.type) {
    case 'product':
      return lines([body, below, `• ${message.productId}`])
    case 'product_list':
      return lines([
        ...[message.header.text, body, below],
        ...message.sections.flatMap(({ title, productIds }) => [title ?? '', ...productIds.map(id => `• ${id}`)]),
      ])
    case 'catalog':
    case 'address_request':
      return lines([body, below])
  }
}

function lines(list: string[]): string {
  return list.filter(line => line !== '').join('\n')
}

const PREFIXES = { IN: '91', SG: '65' } as const

/** The form goes to numbers of its country only; `waId` is null where the customer hides the number. */
export function countryProblems(message: Commerce, waId: string | null): OutboundProblem[] {
  if (message.type !== 'address_request') return []
  const prefix = PREFIXES[message.country]
  const facts = { country: message.country, prefix }
  return waId?.startsWith(prefix) ? [] : [{ field: 'country', rule: 'wrong country', facts }]
}
