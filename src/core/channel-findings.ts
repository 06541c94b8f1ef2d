/** The catalogue: what each check is called, and all that it may find. */
import type { FindingWords } from './channel-finding.ts'
import { accessFindings } from './channel-findings-access.ts'
import { accountFindings } from './channel-findings-account.ts'
import { numberFindings } from './channel-findings-number.ts'
import { webhookFindings } from './channel-findings-webhook.ts'
import type { Language } from './errors.ts'

const catalogue = { ...accessFindings, ...webhookFindings, ...numberFindings, ...accountFindings }

export type Finding = keyof typeof catalogue
export const findings: Record<Finding, FindingWords> = catalogue

/** In the order in which they are to be mended. */
export const checkTitles = {
  state: { es: 'Estado en Buzón', en: 'State in Buzón', pt: 'Estado no Buzón' },
  clock: { es: 'Reloj', en: 'Clock', pt: 'Relógio' },
  token: { es: 'Token de acceso', en: 'Access token', pt: 'Token de acesso' },
  scopes: { es: 'Permisos del token', en: 'Permissions of the token', pt: 'Permissões do token' },
  'account-access': { es: 'Acceso a la cuenta', en: 'Access to the account', pt: 'Acesso à conta' },
  app: { es: 'Aplicación del token', en: 'App of the token', pt: 'Aplicativo do token' },
  'app-secret': { es: 'Secreto de la aplicación', en: 'App secret', pt: 'Segredo do aplicativo' },
  'app-mode': { es: 'Aplicación publicada', en: 'App live', pt: 'Aplicativo publicado' },
  address: { es: 'Dirección pública', en: 'Public address', pt: 'Endereço público' },
  handshake: { es: 'Desafío de verificación', en: 'Verification challenge', pt: 'Desafio de verificação' },
  loop: { es: 'Prueba de ida y vuelta', en: 'Loop test', pt: 'Teste de ida e volta' },
  subscription: { es: 'Suscripción de la cuenta', en: 'Subscription of the account', pt: 'Inscrição da conta' },
  callback: { es: 'Destino de los mensajes', en: 'Where messages go', pt: 'Destino das mensagens' },
  'app-webhook': { es: 'Webhook de la aplicación', en: 'Webhook of the app', pt: 'Webhook do aplicativo' },
  fields: { es: 'Campos suscritos', en: 'Subscribed fields', pt: 'Campos inscritos' },
  'last-message': { es: 'Último mensaje recibido', en: 'Last message received', pt: 'Última mensagem recebida' },
  number: { es: 'Estado del número', en: 'State of the number', pt: 'Estado do número' },
  verification: { es: 'Verificación del número', en: 'Verification of the number', pt: 'Verificação do número' },
  pin: { es: 'PIN de dos pasos', en: 'Two-step PIN', pt: 'PIN de duas etapas' },
  name: { es: 'Nombre visible', en: 'Display name', pt: 'Nome de exibição' },
  quality: { es: 'Calidad', en: 'Quality', pt: 'Qualidade' },
  limit: { es: 'Límite de conversaciones', en: 'Messaging limit', pt: 'Limite de conversas' },
  throughput: { es: 'Velocidad de envío', en: 'Throughput', pt: 'Velocidade de envio' },
  review: { es: 'Revisión de la cuenta', en: 'Review of the account', pt: 'Revisão da conta' },
  business: { es: 'Verificación de la empresa', en: 'Verification of the business', pt: 'Verificação da empresa' },
  restrictions: { es: 'Restricciones', en: 'Restrictions', pt: 'Restrições' },
  sending: { es: 'Envío según Meta', en: 'Sending, as Meta sees it', pt: 'Envio segundo a Meta' },
  payment: { es: 'Método de pago', en: 'Payment method', pt: 'Forma de pagamento' },
  templates: { es: 'Plantillas', en: 'Templates', pt: 'Modelos' },
  media: { es: 'Descarga de archivos', en: 'Download of files', pt: 'Download de arquivos' },
} as const satisfies Record<string, Record<Language, string>>
