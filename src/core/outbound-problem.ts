/** What is wrong with a message of ours, field by field, with what to mend, in three languages; and how it is measured. */
import type { Language } from './errors.ts'
import { explainMediaProblem, type MediaRule } from './media.ts'

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
  'needs number': {
    es: 'el cliente oculta su número, y los códigos solo se envían a un número: pide antes su contacto',
    en: 'the customer hides the number, and codes are sent to a number only: ask for their contact first',
    pt: 'o cliente oculta o número, e códigos só são enviados a um número: peça antes o contato',
  },
  'wrong country': {
    es: 'WhatsApp pide direcciones solo a números de {country} (+{prefix}): pregunta la dirección con un texto',
    en: 'WhatsApp asks for addresses only of numbers of {country} (+{prefix}): ask for the address in a text',
    pt: 'o WhatsApp pede endereços só a números de {country} (+{prefix}): pergunte o endereço com um texto',
  },
  'not authentication': {
    es: 'la plantilla no es de autenticación: quita el código',
    en: 'the template is not one of authentication: take the code away',
    pt: 'o modelo não é de autenticação: retire o código',
  },
  'code and more': {
    es: 'un código llena él solo el texto y el botón de su plantilla: quita lo demás',
    en: 'a code alone fills text and button of its template: take the rest away',
    pt: 'um código sozinho preenche o texto e o botão do modelo: retire o resto',
  },
  'not in groups': {
    es: '«{type}» no se puede enviar a un grupo: escribe un texto',
    en: '"{type}" cannot be sent to a group: write a text',
    pt: '«{type}» não pode ser enviado a um grupo: escreva um texto',
  },
  'wrong cards': {
    es: 'la plantilla tiene {needed} tarjetas y has dado {count}: da una por cada una',
    en: 'the template has {needed} cards and {count} were given: give one for each',
    pt: 'o modelo tem {needed} cartões e foram dados {count}: dê um para cada',
  },
} as const satisfies Record<string, Sentences>
type Rule = keyof typeof rules

/** `buttons.0.title: tiene 25 caracteres …`. */
export function explainProblem({ field, rule, facts }: OutboundProblem, language: Language): string {
  if (!(rule in rules)) return `${field}: ${explainMediaProblem({ rule: rule as MediaRule, facts }, language)}`
  const sentence: string = rules[rule as Rule][language]
  return `${field}: ${sentence.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)}`
}

/** Counted in UTF-16 as JavaScript does: never fewer than people count. */
export function atMost(field: string, text: string | undefined, max: number): OutboundProblem[] {
  const facts = { length: String(text?.length ?? 0), max: String(max) }
  return (text?.length ?? 0) > max ? [{ field, rule: 'too long', facts }] : []
}

export function length(field: string, text: string, max: number): OutboundProblem[] {
  return text.trim() === '' ? [{ field, rule: 'empty', facts: {} }] : atMost(field, text, max)
}

export function count(field: string, items: unknown[], min: number, max: number): OutboundProblem[] {
  if (items.length < min) return [{ field, rule: 'too few', facts: { min: String(min) } }]
  const facts = { count: String(items.length), max: String(max) }
  return items.length > max ? [{ field, rule: 'too many', facts }] : []
}

export function between(field: string, value: number, limit: number): OutboundProblem[] {
  if (Math.abs(value) <= limit) return []
  return [{ field, rule: 'out of range', facts: { min: String(-limit), max: String(limit) } }]
}

export function unique(field: string, values: string[]): OutboundProblem[] {
  const twice = values.find((value, n) => values.indexOf(value) !== n)
  return twice === undefined ? [] : [{ field, rule: 'not unique', facts: { value: twice } }]
}
