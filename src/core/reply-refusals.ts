/** Why an answer written in a CRM does not go out, for whoever wrote it there. Spanish, English, Portuguese. */
import type { Language } from './errors.ts'

type Sentences = Record<Language, string>

const sentences = {
  nobody: {
    es: 'No hay una conversación de WhatsApp con esta persona: el primer mensaje necesita una plantilla aprobada.',
    en: 'There is no WhatsApp conversation with this person: the first message needs an approved template.',
    pt: 'Não há uma conversa de WhatsApp com esta pessoa: a primeira mensagem precisa de um modelo aprovado.',
  },
  empty: {
    es: 'La respuesta está vacía: escribe un texto o adjunta un archivo.',
    en: 'The answer is empty: write a text or attach a file.',
    pt: 'A resposta está vazia: escreva um texto ou anexe um arquivo.',
  },
  file: {
    es: 'No se envió «{name}»: {reason}.',
    en: '"{name}" was not sent: {reason}.',
    pt: '«{name}» não foi enviado: {reason}.',
  },
  'too large': {
    es: 'pesa más de {max} MB',
    en: 'it is larger than {max} MB',
    pt: 'tem mais de {max} MB',
  },
  lost: {
    es: 'el archivo ya no está en el CRM',
    en: 'the file is no longer in the CRM',
    pt: 'o arquivo não está mais no CRM',
  },
} satisfies Record<string, Sentences>

export type ReplyRefusal = keyof typeof sentences

export function explainReplyRefusal(
  refusal: ReplyRefusal,
  language: Language,
  facts: Record<string, string> = {},
): string {
  return sentences[refusal][language].replace(/\{(\w+)\}/g, (_all, name: string) => facts[name] ?? '')
}
