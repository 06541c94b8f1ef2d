/**
 * WhatsApp's limits of a message (Meta, "Messages" reference), checked before it is queued: what breaks one is told field
 * by field, with what to mend, in three languages.
 */
import type { Language } from './errors.ts'
import { explainMediaProblem, type FileFacts, type MediaRule, mediaProblems } from './media.ts'
import { type Composed, filesIn, type Outbound, type OutboundTemplate } from './outbound.ts'
import { canBeSent, needsOf, type Template, type TemplateValues } from './template.ts'

export type OutboundProblem = { field: string; rule: Rule | MediaRule; facts: Record<string, string> }

type Sentences = Record<Language, string>

/** `{name}` stands for a fact. */
const rules = {
  empty: {
    es: 'no puede estar vacío: escribe algo',
    en: 'must not be empty: write something',
    pt: 'não pode ficar vazio: escreva algo',
  },
  'too long': {
    es: 'tiene {length} caracteres y WhatsApp admite {max}: acórtalo',
    en: 'has {length} characters and WhatsApp takes {max}: shorten it',
    pt: 'tem {length} caracteres e o WhatsApp aceita {max}: encurte',
  },
  'too few': {
    es: 'necesita al menos {min}: agrega uno',
    en: 'needs at least {min}: add one',
    pt: 'precisa de pelo menos {min}: adicione um',
  },
  'too many': {
    es: 'tiene {count} y WhatsApp admite {max}: quita algunos',
    en: 'has {count} and WhatsApp takes {max}: take some away',
    pt: 'tem {count} e o WhatsApp aceita {max}: retire alguns',
  },
  'not unique': {
    es: '«{value}» se repite: usa uno distinto para cada opción',
    en: '"{value}" comes twice: use another one for each option',
    pt: '«{value}» se repete: use um diferente para cada opção',
  },
  'no title': {
    es: 'falta el título: con varias secciones, cada una necesita uno',
    en: 'has no title: where there are several sections, each needs one',
    pt: 'falta o título: com várias seções, cada uma precisa de um',
  },
  'out of range': {
    es: 'debe estar entre {min} y {max}: corrige la coordenada',
    en: 'must be between {min} and {max}: mend the coordinate',
    pt: 'deve estar entre {min} e {max}: corrija a coordenada',
  },
  'not one emoji': {
    es: 'debe ser un solo emoji, o vacío para quitar la reacción',
    en: 'must be a single emoji, or empty to take the reaction back',
    pt: 'deve ser um só emoji, ou vazio para retirar a reação',
  },
  'no such message': {
    es: 'no es un mensaje de esta conversación: elige uno de ella',
    en: 'is no message of this conversation: choose one of it',
    pt: 'não é uma mensagem desta conversa: escolha uma dela',
  },
  'not sent yet': {
    es: 'ese mensaje aún no salió: espera a que WhatsApp lo acepte',
    en: 'that message has not left yet: wait until WhatsApp has accepted it',
    pt: 'essa mensagem ainda não saiu: espere o WhatsApp aceitar',
  },
  'no such template': {
    es: 'no hay una plantilla «{name}» en «{language}» en esta cuenta: sincroniza las plantillas o elige otra',
    en: 'there is no template "{name}" in "{language}" in this account: sync the templates or choose another',
    pt: 'não há um modelo «{name}» em «{language}» nesta conta: sincronize os modelos ou escolha outro',
  },
  'template not approved': {
    es: 'la plantilla «{name}» está en estado «{status}»: elige una aprobada',
    en: 'the template "{name}" is in the state "{status}": choose an approved one',
    pt: 'o modelo «{name}» está no estado «{status}»: escolha um aprovado',
  },
  'missing value': {
    es: 'falta el valor de {{{placeholder}}}: escríbelo',
    en: 'has no value for {{{placeholder}}}: give one',
    pt: 'falta o valor de {{{placeholder}}}: escreva-o',
  },
  'unknown value': {
    es: 'la plantilla no tiene {{{placeholder}}}: quítalo',
    en: 'the template has no {{{placeholder}}}: take it away',
    pt: 'o modelo não tem {{{placeholder}}}: retire-o',
  },
  'values by name': {
    es: 'los parámetros de esta plantilla llevan nombre: dalos como objeto',
    en: 'the parameters of this template have names: give them as an object',
    pt: 'os parâmetros deste modelo têm nome: dê-os como objeto',
  },
  'values in order': {
    es: 'los parámetros de esta plantilla van por orden: dalos como lista',
    en: 'the parameters of this template go by their order: give them as a list',
    pt: 'os parâmetros deste modelo vão por ordem: dê-os como lista',
  },
  'not a line': {
    es: 'no puede tener saltos de línea, tabuladores ni más de cuatro espacios seguidos: WhatsApp lo rechaza',
    en: 'must have no line breaks, tabs or more than four spaces in a row: WhatsApp refuses them',
    pt: 'não pode ter quebras de linha, tabulações nem mais de quatro espaços seguidos: o WhatsApp recusa',
  },
  'wrong header': {
    es: 'la plantilla necesita un encabezado de tipo «{needed}»: da ese',
    en: 'the template needs a header of the type "{needed}": give that',
    pt: 'o modelo precisa de um cabeçalho do tipo «{needed}»: dê esse',
  },
  'needless header': {
    es: 'el encabezado de esta plantilla no lleva parámetros: quítalo',
    en: 'the header of this template takes no parameters: take it away',
    pt: 'o cabeçalho deste modelo não leva parâmetros: retire-o',
  },
  'button without value': {
    es: 'el botón {index} ({kind}) de la plantilla necesita un valor: dalo',
    en: 'button {index} ({kind}) of the template needs a value: give it',
    pt: 'o botão {index} ({kind}) do modelo precisa de um valor: dê-o',
  },
} as const satisfies Record<string, Sentences>
type Rule = keyof typeof rules

/** `buttons.0.title: tiene 25 caracteres …`. */
export function explainProblem({ field, rule, facts }: OutboundProblem, language: Language): string {
  if (!(rule in rules)) return `${field}: ${explainMediaProblem({ rule: rule as MediaRule, facts }, language)}`
  const sentence: string = rules[rule as Rule][language]
  return `${field}: ${sentence.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)}`
}

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
  }
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

/** Against the template as Meta has it. */
export function templateProblems(message: OutboundTemplate, template: Template | undefined): OutboundProblem[] {
  const { name, language } = message
  if (!template) return [{ field: 'name', rule: 'no such template', facts: { name, language } }]
  if (!canBeSent(template.status))
    return [{ field: 'name', rule: 'template not approved', facts: { name, status: template.status } }]
  const needs = needsOf(template)
  const given = new Set(message.buttons?.map(button => button.index))
  return [
    ...headerProblems(message.header, needs.header, template.parameterFormat),
    ...valueProblems('body', needs.body, message.body ?? [], template.parameterFormat),
    ...needs.buttons
      .filter(({ index }) => !given.has(index))
      .map(({ index, kind }) => ({
        ...{ field: 'buttons', rule: 'button without value' as const, facts: { index: String(index), kind } },
      })),
  ]
}

type Needs = ReturnType<typeof needsOf>

function headerProblems(
  given: OutboundTemplate['header'],
  needed: Needs['header'],
  format: Template['parameterFormat'],
): OutboundProblem[] {
  if (needed.kind === 'none') return given ? [{ field: 'header', rule: 'needless header', facts: {} }] : []
  if (given?.type !== needed.kind) return [{ field: 'header', rule: 'wrong header', facts: { needed: needed.kind } }]
  if (given.type !== 'text' || needed.kind !== 'text') return []
  return valueProblems('header.values', needed.placeholders, given.values, format)
}

function valueProblems(
  field: string,
  placeholders: string[],
  given: TemplateValues,
  format: Template['parameterFormat'],
): OutboundProblem[] {
  const isList = Array.isArray(given)
  if (placeholders.length > 0 && format === 'named' && isList && given.length > 0)
    return [{ field, rule: 'values by name', facts: {} }]
  if (placeholders.length > 0 && format === 'positional' && !isList)
    return [{ field, rule: 'values in order', facts: {} }]
  const entries: [string, string][] = isList
    ? given.map((value, n) => [placeholders[n] ?? String(n + 1), value])
    : Object.entries(given)
  const missing = placeholders.filter(key => !entries.some(([name]) => name === key))
  return [
    ...missing.map(placeholder => ({ field, rule: 'missing value' as const, facts: { placeholder } })),
    ...entries.flatMap(([placeholder, value]): OutboundProblem[] => {
      const place = `${field}.${isList ? placeholders.indexOf(placeholder) : placeholder}`
      if (!placeholders.includes(placeholder)) return [{ field, rule: 'unknown value', facts: { placeholder } }]
      if (value.trim() === '') return [{ field: place, rule: 'empty', facts: {} }]
      return /[\n\r\t]| {5}/.test(value) ? [{ field: place, rule: 'not a line', facts: {} }] : []
    }),
  ]
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

/** Counted in UTF-16 as JavaScript does: never fewer than people count. */
function atMost(field: string, text: string | undefined, max: number): OutboundProblem[] {
  const facts = { length: String(text?.length ?? 0), max: String(max) }
  return (text?.length ?? 0) > max ? [{ field, rule: 'too long', facts }] : []
}

function length(field: string, text: string, max: number): OutboundProblem[] {
  return text.trim() === '' ? [{ field, rule: 'empty', facts: {} }] : atMost(field, text, max)
}

function count(field: string, items: unknown[], min: number, max: number): OutboundProblem[] {
  if (items.length < min) return [{ field, rule: 'too few', facts: { min: String(min) } }]
  const facts = { count: String(items.length), max: String(max) }
  return items.length > max ? [{ field, rule: 'too many', facts }] : []
}

function between(field: string, value: number, limit: number): OutboundProblem[] {
  if (Math.abs(value) <= limit) return []
  return [{ field, rule: 'out of range', facts: { min: String(-limit), max: String(limit) } }]
}

function unique(field: string, values: string[]): OutboundProblem[] {
  const twice = values.find((value, n) => values.indexOf(value) !== n)
  return twice === undefined ? [] : [{ field, rule: 'not unique', facts: { value: twice } }]
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
