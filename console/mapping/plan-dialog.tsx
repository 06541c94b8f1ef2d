/** What the draft would write, record by record and field by field, and the calls it would take; then it is applied, or not. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Form, Tick } from '../ui/form.tsx'
import { Loaded } from '../ui/page.tsx'
import { useToast } from '../ui/toasts.tsx'
import { Findings } from './findings.tsx'
import { PlanView } from './plan-view.tsx'
import { checkQuery, refreshMapping } from './questions.ts'

export function PlanDialog({
  connectionId: id,
  editedAt,
  onClose,
}: {
  connectionId: string
  editedAt: string | null
  onClose: () => void
}) {
  const words = useWords()
  const say = useToast()
  const [tells, setTells] = useState(true)
  const check = useQuery(checkQuery(id))
  const plan = useQuery({
    queryKey: ['plans', id, 'of the draft', editedAt],
    queryFn: () => ask(api.connections[':id'].plans.$post({ param: { id }, json: { of: 'mapping' } })),
    enabled: check.data?.blocks === false,
    staleTime: 0,
    gcTime: 0,
  })
  const apply = useAct(
    () =>
      ask(
        api.connections[':id'].mapping.apply.$post({
          param: { id },
          json: { backfill: tells, ...(editedAt ? { editedAt } : {}) },
        }),
      ),
    {
      isForm: true,
      refresh: refreshMapping(id),
      onDone({ version, told, isRead }) {
        say(`${words.applied(version.version)}. ${isRead ? words.told(told) : words.reading}`)
        onClose()
      },
    },
  )
  const touched = plan.data ? plan.data.update + plan.data.create : 0
  return (
    <Dialog open onClose={onClose} title={words.planTitle} lead={words.planLead} wide>
      <Loaded query={check}>{({ items }) => <Findings items={items} />}</Loaded>
      {check.data?.blocks === false && (
        <Form
          onSubmit={() => apply.mutate(undefined)}
          submit={words.apply}
          error={apply.error}
          isBusy={apply.isPending || !plan.data}
          onCancel={onClose}
        >
          {plan.isPending && <p role="status">{words.planning}</p>}
          <Loaded query={plan}>{data => <PlanView plan={data} />}</Loaded>
          {touched > 0 && <Tick label={words.tell(touched)} value={tells} onChange={setTells} />}
        </Form>
      )}
    </Dialog>
  )
}
