import type { Widened } from '../index.tsx'
import type { es } from './es.ts'

export const en: Widened<typeof es> = {
  join: {
    title: workspace => `Join ${workspace}`,
    lead: (by, until) => `${by} invites you. Good until ${until}.`,
    gone: 'This invitation holds no more',
    goneLead: 'It is over, was used, or was taken back. Ask whoever invited you for another.',
    name: 'Your name',
    email: 'Your e-mail',
    password: 'Password (10 characters or more)',
    accept: 'Join the team',
    acceptAs: name => `Accept as ${name}`,
    hasAccount: 'You have an account: sign in first, then come back to this link.',
    signIn: 'Sign in',
  },
  setup: {
    title: 'Begin with Buzón',
    lead: 'You are the first one here: make the place of your business.',
    workspace: 'Name of the business',
    language: 'Language',
    timeZone: 'Time zone',
    submit: 'Create',
  },
  reset: {
    ask: 'Forgot your password?',
    title: 'Get back in',
    lead: 'A link to choose another is sent to you.',
    send: 'Send the link',
    sent: 'If that address has an account, the link is on its way.',
    noMail: 'No mails are sent here: ask an admin for help.',
    newTitle: 'Choose another password',
    password: 'New password (10 characters or more)',
    save: 'Save and sign in',
    saved: 'Password changed. Sign in with it.',
    back: 'Back to signing in',
  },
  nowhere: {
    title: 'There is nothing here',
    lead: 'The address is mistyped, or the page is gone.',
    inbox: 'Go to the inbox',
  },
}
