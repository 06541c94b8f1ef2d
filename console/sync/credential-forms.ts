/** What each CRM is let in with, in the words of its own screens. A CRM without a form is connected by consent, or by the API. */
export type CredentialField = { key: string; label: string; isSecret: boolean; placeholder?: string }

export const credentialForms: Record<string, readonly CredentialField[]> = {
  hubspot: [
    { key: 'accessToken', label: 'Access token', isSecret: true, placeholder: 'pat-…' },
    { key: 'clientSecret', label: 'Client secret', isSecret: true },
    { key: 'appId', label: 'App ID', isSecret: false },
  ],
  salesforce: [
    { key: 'clientId', label: 'Consumer key', isSecret: false },
    { key: 'clientSecret', label: 'Consumer secret', isSecret: true },
    { key: 'loginUrl', label: 'My Domain URL', isSecret: false, placeholder: 'https://acme.my.salesforce.com' },
  ],
  zendesk: [
    { key: 'email', label: 'E-mail', isSecret: false },
    { key: 'apiToken', label: 'API token', isSecret: true },
  ],
  'google-sheets': [{ key: 'key', label: 'Service account key (JSON)', isSecret: true, placeholder: '{ "type": …' }],
}

/** What must be known of the account before it lets us in. */
export type SettingField = { key: string; label: string; placeholder: string; needed: 'always' | 'by token' | 'never' }

export const settingForms: Record<string, readonly SettingField[]> = {
  salesforce: [
    { key: 'loginUrl', label: 'Login URL', placeholder: 'https://login.salesforce.com', needed: 'never' },
    { key: 'eventChannel', label: 'Change events channel', placeholder: '/data/Buzon__chn', needed: 'never' },
  ],
  zendesk: [{ key: 'subdomain', label: 'Subdomain (.zendesk.com)', placeholder: 'acme', needed: 'always' }],
  'google-sheets': [
    {
      ...{ key: 'spreadsheetId', label: 'Spreadsheet', needed: 'by token' },
      placeholder: 'https://docs.google.com/spreadsheets/d/…',
    },
  ],
}
