import { type Org, storeNamed } from './state.ts'

/** What people of an organization see: cases, people, messages. */
export function orgView(org: Org, limit?: number) {
  const rowsOf = (name: string) => {
    const live = [...(storeNamed(org, name)?.rows.values() ?? [])].filter(row => !row.deleted)
    const shown = limit === undefined ? live : live.slice(-limit)
    return { total: live.length, results: shown.map(({ id, fields }) => ({ id, fields })) }
  }
  return {
    orgId: org.orgId,
    /** Whether the object of messages was made. */
    isSetUp: org.objects.has('WhatsApp_Message__c'),
    users: rowsOf('User').results.filter(({ fields }) => fields.UserType === 'Standard'),
    statuses: rowsOf('CaseStatus').results.map(({ fields }) => ({ value: fields.ApiName, isClosed: fields.IsClosed })),
    priorities:
      org.objects
        .get('Case')
        ?.fields.get('Priority')
        ?.picklistValues.map(({ value }) => value) ?? [],
    contacts: rowsOf('Contact'),
    leads: rowsOf('Lead'),
    cases: rowsOf('Case'),
    messages: rowsOf('WhatsApp_Message__c'),
  }
}
