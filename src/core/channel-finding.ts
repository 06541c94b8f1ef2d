import type { Language } from './errors.ts'

export type CheckState = 'ok' | 'warning' | 'failed' | 'unknown'

type Words = Record<Language, string>

/** `{name}` stands for a fact, in sentences and addresses alike. */
export type FindingWords = {
  state: CheckState
  seen: Words
  fix?: Words
  /** Where in Meta's own pages it is mended. */
  page?: string
}

/** Meta's pages; an id that is not known is left away, and the page before it opens. */
export const pages = {
  systemUsers: 'https://business.facebook.com/latest/settings/system_users',
  accounts: 'https://business.facebook.com/latest/settings/whatsapp_account',
  security: 'https://business.facebook.com/latest/settings/security_center',
  support: 'https://business.facebook.com/business-support-home/',
  billing: 'https://business.facebook.com/latest/billing_hub/accounts',
  appBasic: 'https://developers.facebook.com/apps/{appId}/settings/basic/',
  appWebhooks: 'https://developers.facebook.com/apps/{appId}/whatsapp-business/wa-settings/',
  appPublish: 'https://developers.facebook.com/apps/{appId}/go_live/',
  numbers: 'https://business.facebook.com/latest/whatsapp_manager/phone_numbers?asset_id={wabaId}',
  templates: 'https://business.facebook.com/latest/whatsapp_manager/message_templates?asset_id={wabaId}',
  status: 'https://metastatus.com/whatsapp-business-api',
} as const
