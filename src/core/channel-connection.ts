/** The steps of connecting a number, and what became of each, in three languages. */
import type { Language } from './errors.ts'

type Words = Record<Language, string>

const stepTitles = {
  code: { es: 'Código del alta', en: 'Code of the sign-up', pt: 'Código do cadastro' },
  token: { es: 'Token y permisos', en: 'Token and permissions', pt: 'Token e permissões' },
  number: { es: 'Número en la cuenta', en: 'Number in the account', pt: 'Número na conta' },
  subscription: { es: 'Suscripción de la aplicación', en: 'Subscription of the app', pt: 'Inscrição do aplicativo' },
  registration: { es: 'Registro en la Cloud API', en: 'Registration with the Cloud API', pt: 'Registro na Cloud API' },
  channel: { es: 'Número guardado', en: 'Number kept', pt: 'Número guardado' },
  contacts: { es: 'Contactos del teléfono', en: 'Contacts of the phone', pt: 'Contatos do telefone' },
  history: { es: 'Historial del teléfono', en: 'History of the phone', pt: 'Histórico do telefone' },
} as const satisfies Record<string, Words>

const outcomes = {
  done: { es: 'hecho', en: 'done', pt: 'feito' },
  already: { es: 'ya estaba', en: 'was there already', pt: 'já estava' },
  'not needed': { es: 'no hace falta', en: 'not needed', pt: 'não é preciso' },
  asked: { es: 'pedido: llegará por webhook', en: 'asked for: it comes by webhook', pt: 'pedido: chegará por webhook' },
  unknown: { es: 'no se pudo comprobar', en: 'could not be checked', pt: 'não se pôde verificar' },
  failed: { es: 'falló', en: 'failed', pt: 'falhou' },
} as const satisfies Record<string, Words>

export type StepId = keyof typeof stepTitles
export type StepOutcome = keyof typeof outcomes
/** `detail` are the provider's words, or a number. */
export type Step = { id: StepId; outcome: StepOutcome; detail: string | null }

/** `Suscripción de la aplicación: ya estaba`. */
export function explainStep({ id, outcome, detail }: Step, language: Language): string {
  return `${stepTitles[id][language]}: ${outcomes[outcome][language]}${detail ? ` (${detail})` : ''}`
}

const obstacles = {
  'pin needed': {
    es: 'el número no está registrado en la Cloud API: da su PIN de verificación en dos pasos, o seis cifras nuevas si no tiene',
    en: 'the number is not registered with the Cloud API: give its PIN of two-step verification, or six new digits where it has none',
    pt: 'o número não está registrado na Cloud API: dê o PIN de verificação em duas etapas, ou seis dígitos novos se não tiver',
  },
  'choose number': {
    es: 'ese número no está en la cuenta, o hay varios: elige uno de la lista',
    en: 'that number is not in the account, or there are several: choose one of the list',
    pt: 'esse número não está na conta, ou há vários: escolha um da lista',
  },
  'app id needed': {
    es: 'falta el identificador de la aplicación de Meta: guárdalo en WHATSAPP_APP_ID, o con appId en POST /meta-apps',
    en: 'the id of the Meta app is missing: keep it in WHATSAPP_APP_ID, or with appId in POST /meta-apps',
    pt: 'falta o identificador do aplicativo da Meta: guarde-o em WHATSAPP_APP_ID, ou com appId em POST /meta-apps',
  },
} as const satisfies Record<string, Words>

export type Obstacle = keyof typeof obstacles

export function explainObstacle(obstacle: Obstacle, language: Language): string {
  return obstacles[obstacle][language]
}
