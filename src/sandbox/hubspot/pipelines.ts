export type Stage = {
  id: string
  label: string
  displayOrder: number
  metadata: { ticketState: 'OPEN' | 'CLOSED'; isClosed: 'true' | 'false' }
}

export type Pipeline = { id: string; label: string; displayOrder: number; stages: Stage[] }

export function defaultPipelines(): Map<string, Pipeline> {
  const stages: Stage[] = [
    stage('1', 'Nuevo', 0, 'OPEN'),
    stage('2', 'Esperando contacto', 1, 'OPEN'),
    stage('3', 'Esperándonos', 2, 'OPEN'),
    stage('4', 'Cerrado', 3, 'CLOSED'),
  ]
  return new Map([['0', { id: '0', label: 'Soporte', displayOrder: 0, stages }]])
}

/** Pipelines never change here; they carry the date they would have been made. */
export function pipelineView(pipeline: Pipeline) {
  return { ...pipeline, ...DATES, stages: pipeline.stages.map(entry => ({ ...entry, ...DATES })) }
}

const DATES = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z', archived: false }

function stage(id: string, label: string, displayOrder: number, ticketState: 'OPEN' | 'CLOSED'): Stage {
  return { id, label, displayOrder, metadata: { ticketState, isClosed: ticketState === 'CLOSED' ? 'true' : 'false' } }
}
