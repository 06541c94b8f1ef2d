/** Message templates: listed by pages, made, edited, deleted, and reviewed by whoever plays Meta. */
import { type GraphError, graphError } from './errors.ts'
import type { Phone, Template, WhatsAppState } from './state.ts'

export type TemplateInput = {
  name: string
  language: string
  category: string
  parameter_format?: string | undefined
  components: Record<string, unknown>[]
}

export function templatesOf({ templates }: WhatsAppState, wabaId: string): Template[] {
  return [...templates.values()].filter(template => template.wabaId === wabaId)
}

export function findTemplate(state: WhatsAppState, wabaId: string, name: string, language: string) {
  return templatesOf(state, wabaId).find(template => template.name === name && template.language === language)
}

/** As Meta answers a list: the cursor of a page is where it ended. */
export function listPage(all: Template[], limit: number, after: string | undefined, url: string) {
  const start = after ? Number(atob(after)) : 0
  const end = Math.min(start + limit, all.length)
  const cursor = btoa(String(end))
  const next = new URL(url)
  next.searchParams.set('after', cursor)
  return {
    data: all.slice(start, end).map(shown),
    paging: {
      cursors: { before: btoa(String(start)), after: cursor },
      ...(end < all.length ? { next: next.href } : {}),
    },
  }
}

function shown({ wabaId: _, quality, rejectedReason, ...template }: Template) {
  return { ...template, rejected_reason: rejectedReason, quality_score: { score: quality, date: 0 } }
}

/** Ids of Meta's have sixteen digits and do not come twice. */
export function newTemplateId(): string {
  return String(1_000_000_000_000_000 + Math.floor(Math.random() * 8_000_000_000_000_000))
}

/** Made, it waits for its review. */
export function addTemplate(state: WhatsAppState, wabaId: string, input: TemplateInput): Template | GraphError {
  if (!/^[a-z0-9_]+$/.test(input.name)) return refusal(2388023, 'Message template name is not valid')
  if (findTemplate(state, wabaId, input.name, input.language))
    return refusal(2388024, 'Content in this language already exists')
  const body = input.components.find(part => String(part.type).toUpperCase() === 'BODY')
  if (typeof body?.text !== 'string') return refusal(2388043, 'A template needs a body')
  if (/\{\{[^}]*\}\}/.test(body.text) && body.example === undefined)
    return refusal(2388043, 'Message template "components" param is missing expected field(s): example')
  const header = input.components.find(part => String(part.type).toUpperCase() === 'HEADER')
  const { header_handle: handles } = (header?.example ?? {}) as { header_handle?: unknown }
  const isFile = ['IMAGE', 'VIDEO', 'DOCUMENT'].includes(String(header?.format).toUpperCase())
  if (isFile && !(Array.isArray(handles) && /^4::/.test(String(handles[0]))))
    return refusal(2388273, 'Media header must be a sample uploaded with the Resumable Upload API')
  const template: Template = {
    ...{ id: newTemplateId(), wabaId, name: input.name, language: input.language },
    ...{ category: input.category.toUpperCase(), status: 'PENDING', components: input.components },
    parameter_format: (input.parameter_format ?? 'POSITIONAL').toUpperCase(),
    ...{ rejectedReason: 'NONE', quality: 'UNKNOWN' },
  }
  state.templates.set(template.id, template)
  return template
}

export function refusal(subcode: number, words: string): GraphError {
  const error = graphError(400, 100, 'Invalid parameter', { subcode })
  Object.assign(error.body.error, { error_user_title: 'Invalid parameter', error_user_msg: words })
  return error
}

export type SentTemplate = {
  name: string
  language: { code: string }
  components?:
    | {
        type: string
        parameters?: { parameter_name?: string | undefined; text?: unknown }[] | undefined
        cards?: unknown[] | undefined
      }[]
    | undefined
}

/** Why a message of it is not taken; nothing where it is. */
export function refuseSending(state: WhatsAppState, phone: Phone, sent: SentTemplate): GraphError | undefined {
  const { name, language } = sent
  const template = findTemplate(state, phone.wabaId, name, language.code)
  if (template?.status === 'PAUSED') return graphError(400, 132015, '(#132015) Template is Paused')
  if (template?.status === 'DISABLED') return graphError(400, 132016, '(#132016) Template is Disabled')
  if (template?.status !== 'APPROVED') {
    return graphError(404, 132001, '(#132001) Template name does not exist in the translation', {
      details: `template name (${name}) does not exist in ${language.code}`,
    })
  }
  const own = refuseCarousel(template, sent) ?? refuseCode(template, sent)
  if (own) return own
  for (const type of ['HEADER', 'BODY']) {
    const part = template.components.find(each => String(each.type).toUpperCase() === type)
    const given = sent.components?.find(each => each.type.toUpperCase() === type)?.parameters ?? []
    const media = String(part?.format ?? 'TEXT') !== 'TEXT'
    const wanted = media ? 1 : new Set(String(part?.text ?? '').match(/\{\{[^}]+\}\}/g) ?? []).size
    if (given.length !== wanted) {
      return graphError(400, 132000, '(#132000) Number of parameters does not match the expected number of params', {
        details: `${type.toLowerCase()}: number of localizable_params (${given.length}) does not match the expected number of params (${wanted})`,
      })
    }
    const named = template.parameter_format === 'NAMED'
    if (!media && given.some(parameter => (parameter.parameter_name !== undefined) !== named))
      return graphError(400, 132012, '(#132012) Parameter format does not match format in the created template')
  }
  return undefined
}

/** As many cards as the template has. */
function refuseCarousel({ components }: Template, sent: SentTemplate): GraphError | undefined {
  const made = components.find(part => String(part.type).toUpperCase() === 'CAROUSEL')?.cards
  const given = sent.components?.find(part => part.type === 'carousel')?.cards ?? []
  if (given.length === (Array.isArray(made) ? made.length : 0)) return undefined
  return graphError(400, 132012, '(#132012) Parameter format does not match format in the created template', {
    details: 'carousel: the number of cards does not match',
  })
}

/** The code stands in the text and behind the button, the same in both. */
function refuseCode({ category }: Template, sent: SentTemplate): GraphError | undefined {
  if (category !== 'AUTHENTICATION') return undefined
  const codeOf = (type: string) => sent.components?.find(part => part.type === type)?.parameters?.[0]?.text
  const code = codeOf('body')
  if (typeof code === 'string' && code.length <= 15 && code === codeOf('button')) return undefined
  return graphError(400, 132018, '(#132018) There is an issue with the parameters in your template', {
    details: 'The one-time password must be given in the body and in the button',
  })
}
