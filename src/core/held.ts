/** Why nothing of a record is told to a CRM until a person says so. */
import type { Language } from './errors.ts'

/** `rewritten`: a rule there and one here wrote it in turn. `erased`: the person was erased there for good. */
export const heldReasons = ['rewritten', 'erased'] as const
export type HeldReason = (typeof heldReasons)[number]

/** The reason, and what releasing it does. */
export function explainHeld(reason: HeldReason, language: Language): { cause: string; fix: string } {
  const { cause, fix } = sentences[reason]
  return { cause: cause[language], fix: fix[language] }
}

type Words = Record<Language, string>
const sentences: Record<HeldReason, { cause: Words; fix: Words }> = {
  rewritten: {
    cause: {
      es: 'Ambos lados lo reescribían sin fin.',
      en: 'Both sides kept writing it in turn.',
      pt: 'Os dois lados o reescreviam sem fim.',
    },
    fix: {
      es: 'Quita la regla que lo reescribe en el CRM, o cambia la política del campo; luego libéralo.',
      en: 'Take away the rule that rewrites it in the CRM, or change the policy of the field; then release it.',
      pt: 'Retire a regra que o reescreve no CRM, ou mude a política do campo; depois libere-o.',
    },
  },
  erased: {
    cause: {
      es: 'El CRM borró a esta persona para siempre: ni ella, ni sus tickets ni sus mensajes se envían allí.',
      en: 'The CRM erased this person for good: neither they nor their tickets and messages are told there.',
      pt: 'O CRM apagou esta pessoa para sempre: nem ela, nem seus tickets e mensagens são enviados para lá.',
    },
    fix: {
      es: 'Bórrala aquí también. Solo si debe volver al CRM, libérala: se crea allí de nuevo.',
      en: 'Erase them here too. Only if they are to be in the CRM again, release them: they are made anew there.',
      pt: 'Apague-a aqui também. Só se ela deve voltar ao CRM, libere-a: é criada lá de novo.',
    },
  },
}
