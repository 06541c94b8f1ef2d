/** Who may give what: nobody more than they have. */
import { type Permission, type Role, type Visibility, visibilities } from './permissions.ts'

/** Of a role to be given, what the giver has not; `sees: team` is a wider view than theirs. Empty where it may be given. */
export function lackingFor(giver: Role, role: Role): (Permission | `sees: ${Visibility}`)[] {
  const permissions = role.permissions.filter(each => !giver.permissions.includes(each))
  const isWider = visibilities.indexOf(role.visibility) < visibilities.indexOf(giver.visibility)
  return isWider ? [...permissions, `sees: ${role.visibility}`] : permissions
}
