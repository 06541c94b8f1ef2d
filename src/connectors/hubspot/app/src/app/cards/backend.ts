/** Where Buzón is: replace it before `hs project upload`, here, in app-hsmeta.json and in webhooks-hsmeta.json. */
export const BACKEND = 'https://buzon.example.com'
