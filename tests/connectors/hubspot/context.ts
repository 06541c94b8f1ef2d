import { stageTable } from '../../../src/connectors/hubspot/set-up.ts'
import { type HubSpotContext, hubspotSettings } from '../../../src/connectors/hubspot/settings.ts'
import { CONNECTION, NOW } from '../records.ts'

const stage = (id: string, displayOrder: number, ticketState: string) => ({
  ...{ id, label: `Etapa ${id}`, displayOrder, metadata: { ticketState } },
})

/** HubSpot's own pipeline, as every account has it. */
export const defaultPipeline = {
  ...{ id: '0', label: 'Soporte', displayOrder: 0 },
  stages: [stage('1', 0, 'OPEN'), stage('2', 1, 'OPEN'), stage('3', 2, 'OPEN'), stage('4', 3, 'CLOSED')],
}

export const settings = hubspotSettings.parse({
  portalId: '42',
  findByPhone: false,
  pipelineId: '0',
  stages: stageTable(defaultPipeline),
  priorities: [
    { ours: 'low', theirs: 'LOW' },
    { ours: 'normal', theirs: 'MEDIUM' },
    { ours: 'high', theirs: 'HIGH' },
    { ours: 'urgent', theirs: 'URGENT' },
  ],
  owners: [{ id: '71001', email: 'Carmen@example.com', name: 'Carmen Ruiz' }],
  channel: { channelId: '900', channelAccountId: '901' },
})

export function aContext(fetchNow: typeof fetch): HubSpotContext {
  return {
    fetch: fetchNow,
    baseUrl: 'https://api.hubapi.test',
    credentials: { accessToken: 'pat-test', clientSecret: 'secret', appId: '321' },
    settings,
    now: NOW,
    connectionId: CONNECTION,
  }
}
