/** Roles: what their people may do, and which tickets they see. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { type Role, rolesQuery } from '../api/people.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { PermissionTicks } from '../data/permission-ticks.tsx'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/team/index.ts'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EditableList } from '../ui/editable-list.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { Chip } from '../ui/parts.tsx'

const visibilities = ['all', 'team', 'own'] as const

export function Roles() {
  const { roles: words, people } = useWords()
  const mayManage = useMay('roles.manage')
  const roles = useQuery(rolesQuery)
  const nameOf = ({ id, name }: Role) =>
    id in people.builtIn ? people.builtIn[id as keyof typeof people.builtIn] : name
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={roles}
      add={mayManage && words.add}
      opens
      columns={[
        { head: words.name, cell: nameOf, grows: true },
        {
          head: words.kind,
          cell: row => <Chip tone={row.builtIn ? 'plain' : 'accent'}>{row.builtIn ? words.builtIn : words.own}</Chip>,
        },
        { head: words.permissions, cell: row => row.permissions.length, isNumber: true },
        { head: words.sees, cell: row => words.visibilities[row.visibility] },
      ]}
      editor={(role, onClose) => <Editor role={role} mayManage={mayManage} onClose={onClose} />}
    />
  )
}

function Editor({ role, mayManage, onClose }: { role: Role | null; mayManage: boolean; onClose: () => void }) {
  const { roles: words } = useWords()
  const { common } = useText()
  const { data } = useQuery(rolesQuery)
  const [draft, setDraft] = useState({
    ...{ name: role?.name ?? '', permissions: role?.permissions ?? [], visibility: role?.visibility ?? 'team' },
  })
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useAct(
    () =>
      role
        ? ask(api.roles[':id'].$patch({ param: { id: role.id }, json: draft }))
        : ask(api.roles.$post({ json: draft })),
    { isForm: true, said: words.saved, refresh: [rolesQuery.queryKey], onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api.roles[':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh: [rolesQuery.queryKey],
    onDone: onClose,
  })
  const isFixed = !mayManage || (role?.builtIn ?? false)
  const exampleName = (name: string) =>
    name in words.examples ? words.examples[name as keyof typeof words.examples] : name
  return (
    <Dialog open onClose={onClose} title={role ? words.edit : words.add} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending || isFixed}
        onCancel={onClose}
      >
        {!role && (
          <Choice
            label={words.from}
            value=""
            none={words.blank}
            onChange={name => {
              const from = data?.examples.find(each => each.name === name)
              if (from) set({ ...from, name: exampleName(from.name) })
            }}
            options={(data?.examples ?? []).map(({ name }) => [name, exampleName(name)])}
          />
        )}
        <TextField
          label={words.name}
          name="name"
          value={draft.name}
          onChange={name => set({ name })}
          disabled={isFixed}
          required
        />
        <Choice
          label={words.sees}
          value={draft.visibility}
          disabled={isFixed}
          onChange={visibility => visibility && set({ visibility })}
          options={visibilities.map(each => [each, words.visibilities[each]])}
        />
        <fieldset disabled={isFixed}>
          <PermissionTicks
            label={words.permissions}
            value={draft.permissions}
            onChange={permissions => set({ permissions })}
          />
        </fieldset>
      </Form>
      {role && !isFixed && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(role.name)}
          yes={common.remove}
          onYes={() => remove.mutate(role.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
