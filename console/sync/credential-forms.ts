/** What each CRM is let in with, in the words of its own screens. A CRM without a form is connected by consent, or by the API. */
export type CredentialField = { key: string; label: string; isSecret: boolean; placeholder?: string }

export const credentialForms: Record<string, readonly CredentialField[]> = {
  hubspot: [
    { key: 'accessToken', label: 'Access token', isSecret: true, placeholder: 'pat-…' },
    { key: 'clientSecret', label: 'Client secret', isSecret: true },
    { key: 'appId', label: 'App ID', isSecret: false },
  ],
}
