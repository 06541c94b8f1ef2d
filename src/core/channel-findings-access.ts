/** What is said of the token and the app, in three languages. */
import { type FindingWords, pages } from './channel-finding.ts'

export const accessFindings = {
  connected: {
    state: 'ok',
    seen: {
      es: 'Conectado: envía y recibe.',
      en: 'Connected: it sends and receives.',
      pt: 'Conectado: envia e recebe.',
    },
  },
  unchecked: {
    state: 'warning',
    seen: {
      es: 'Meta aún no confirmó el número: {reason}.',
      en: 'Meta has not confirmed the number yet: {reason}.',
      pt: 'A Meta ainda não confirmou o número: {reason}.',
    },
    fix: {
      es: 'Corrige lo que aparece abajo en rojo y vuelve a comprobar: el número pasa entonces a conectado.',
      en: 'Mend what is red below and check again: the number is connected then.',
      pt: 'Corrija o que aparece abaixo em vermelho e verifique de novo: o número passa então a conectado.',
    },
  },
  paused: {
    state: 'failed',
    seen: {
      es: 'Los envíos están detenidos: {reason}.',
      en: 'Sending is paused: {reason}.',
      pt: 'Os envios estão parados: {reason}.',
    },
    fix: {
      es: 'Corrige esa causa en WhatsApp Manager y reanuda el número (POST /channels/{id}/resume): lo que espera sale entonces.',
      en: 'Mend that cause in WhatsApp Manager and resume the number (POST /channels/{id}/resume): what waits goes out then.',
      pt: 'Corrija essa causa no WhatsApp Manager e retome o número (POST /channels/{id}/resume): o que espera sai então.',
    },
    page: pages.numbers,
  },
  'needs reconnecting': {
    state: 'failed',
    seen: {
      es: 'Meta rechazó el token al enviar: {reason}.',
      en: 'Meta refused the token when sending: {reason}.',
      pt: 'A Meta recusou o token ao enviar: {reason}.',
    },
    fix: {
      es: 'Genera otro token de usuario del sistema y reconecta el número con él (POST /channels/{id}/reconnect).',
      en: 'Generate another system user token and reconnect the number with it (POST /channels/{id}/reconnect).',
      pt: 'Gere outro token de usuário do sistema e reconecte o número com ele (POST /channels/{id}/reconnect).',
    },
    page: pages.systemUsers,
  },
  'taken away': {
    state: 'failed',
    seen: {
      es: 'Meta dice que esta aplicación ya no puede usar el número ({reason}).',
      en: 'Meta says that this app may not use the number any more ({reason}).',
      pt: 'A Meta diz que este aplicativo já não pode usar o número ({reason}).',
    },
    fix: {
      es: 'Vuelve a dar acceso a la cuenta {wabaId} a la aplicación y conecta el número otra vez.',
      en: 'Give the app access to the account {wabaId} again, and connect the number once more.',
      pt: 'Dê ao aplicativo acesso à conta {wabaId} de novo e conecte o número outra vez.',
    },
    page: pages.accounts,
  },
  'token lasting': {
    state: 'ok',
    seen: { es: 'Válido, sin caducidad.', en: 'Valid, without an end.', pt: 'Válido, sem vencimento.' },
  },
  'token until': {
    state: 'ok',
    seen: { es: 'Válido hasta el {until}.', en: 'Valid until {until}.', pt: 'Válido até {until}.' },
  },
  'token expires': {
    state: 'warning',
    seen: { es: 'Caduca el {until}.', en: 'It expires on {until}.', pt: 'Vence em {until}.' },
    fix: {
      es: 'Antes de esa fecha, genera un token de usuario del sistema con caducidad «Nunca» y reconecta el número con él.',
      en: 'Before that day, generate a system user token whose expiration is "Never" and reconnect the number with it.',
      pt: 'Antes dessa data, gere um token de usuário do sistema com vencimento «Nunca» e reconecte o número com ele.',
    },
    page: pages.systemUsers,
  },
  'token expired': {
    state: 'failed',
    seen: {
      es: 'El token caducó el {until}. Los tokens de usuario y los de la página de inicio de la aplicación duran horas.',
      en: 'The token expired on {until}. Tokens of persons, and those of the app’s first page, last hours.',
      pt: 'O token venceu em {until}. Tokens de pessoas e os da página inicial do aplicativo duram horas.',
    },
    fix: {
      es: 'En Usuarios del sistema, genera un token con caducidad «Nunca» y reconecta el número con él.',
      en: 'In System users, generate a token whose expiration is "Never" and reconnect the number with it.',
      pt: 'Em Usuários do sistema, gere um token com vencimento «Nunca» e reconecte o número com ele.',
    },
    page: pages.systemUsers,
  },
  'token invalid': {
    state: 'failed',
    seen: {
      es: 'Meta no acepta el token: {reason}.',
      en: 'Meta does not accept the token: {reason}.',
      pt: 'A Meta não aceita o token: {reason}.',
    },
    fix: {
      es: 'En Usuarios del sistema, genera otro token para la aplicación y reconecta el número con él.',
      en: 'In System users, generate another token for the app and reconnect the number with it.',
      pt: 'Em Usuários do sistema, gere outro token para o aplicativo e reconecte o número com ele.',
    },
    page: pages.systemUsers,
  },
  'scopes missing': {
    state: 'failed',
    seen: { es: 'Al token le falta: {missing}.', en: 'The token lacks: {missing}.', pt: 'Falta ao token: {missing}.' },
    fix: {
      es: 'Genera otro token de usuario del sistema marcando {missing}, y reconecta el número con él.',
      en: 'Generate another system user token with {missing} ticked, and reconnect the number with it.',
      pt: 'Gere outro token de usuário do sistema marcando {missing} e reconecte o número com ele.',
    },
    page: pages.systemUsers,
  },
  'account not granted': {
    state: 'failed',
    seen: {
      es: 'El token tiene permisos para otras cuentas de WhatsApp, pero no para {wabaId} ({missing}).',
      en: 'The token has permissions for other WhatsApp accounts, but not for {wabaId} ({missing}).',
      pt: 'O token tem permissões para outras contas do WhatsApp, mas não para {wabaId} ({missing}).',
    },
    fix: {
      es: 'En Cuentas de WhatsApp, abre {wabaId}, asigna el usuario del sistema con control total y genera otro token.',
      en: 'In WhatsApp accounts, open {wabaId}, assign the system user with full control, and generate another token.',
      pt: 'Em Contas do WhatsApp, abra {wabaId}, atribua o usuário do sistema com controle total e gere outro token.',
    },
    page: pages.accounts,
  },
  'app id not kept': {
    state: 'warning',
    seen: {
      es: 'El token es de la aplicación {tokenAppId}; aquí no consta el identificador de la aplicación.',
      en: 'The token belongs to the app {tokenAppId}; the id of the app is not kept here.',
      pt: 'O token é do aplicativo {tokenAppId}; aqui não consta o identificador do aplicativo.',
    },
    fix: {
      es: 'Si {tokenAppId} es tu aplicación, guárdalo: WHATSAPP_APP_ID para la aplicación de la configuración, o appId en POST /meta-apps.',
      en: 'If {tokenAppId} is your app, keep it: WHATSAPP_APP_ID for the app of the configuration, or appId in POST /meta-apps.',
      pt: 'Se {tokenAppId} é o seu aplicativo, guarde-o: WHATSAPP_APP_ID para o aplicativo da configuração, ou appId em POST /meta-apps.',
    },
    page: pages.appBasic,
  },
  'token of another app': {
    state: 'failed',
    seen: {
      es: 'El token es de la aplicación {tokenAppId}, y el número pertenece aquí a {appId}: los webhooks vendrían de otra.',
      en: 'The token belongs to the app {tokenAppId}, and the number here to {appId}: webhooks would come from another.',
      pt: 'O token é do aplicativo {tokenAppId}, e o número aqui pertence a {appId}: os webhooks viriam de outro.',
    },
    fix: {
      es: 'Genera el token eligiendo la aplicación {appId}, o conecta el número bajo la aplicación {tokenAppId}.',
      en: 'Generate the token with the app {appId} chosen, or connect the number under the app {tokenAppId}.',
      pt: 'Gere o token escolhendo o aplicativo {appId}, ou conecte o número sob o aplicativo {tokenAppId}.',
    },
    page: pages.systemUsers,
  },
  'app id needed': {
    state: 'unknown',
    seen: {
      es: 'Sin el identificador de la aplicación no se puede preguntar a Meta.',
      en: 'Without the id of the app Meta cannot be asked.',
      pt: 'Sem o identificador do aplicativo não se pode perguntar à Meta.',
    },
    fix: {
      es: 'Cópialo de Configuración de la aplicación › Básica y guárdalo (WHATSAPP_APP_ID, o appId en POST /meta-apps).',
      en: 'Copy it from App settings › Basic and keep it (WHATSAPP_APP_ID, or appId in POST /meta-apps).',
      pt: 'Copie-o de Configurações do aplicativo › Básico e guarde-o (WHATSAPP_APP_ID, ou appId em POST /meta-apps).',
    },
    page: pages.appBasic,
  },
  'secret right': {
    state: 'ok',
    seen: { es: 'Meta lo acepta.', en: 'Meta accepts it.', pt: 'A Meta o aceita.' },
  },
  'app secret refused': {
    state: 'failed',
    seen: {
      es: 'Meta no acepta el secreto de la aplicación {appId}: {reason}. Ningún webhook pasaría la verificación.',
      en: 'Meta does not accept the secret of the app {appId}: {reason}. No webhook would pass the verification.',
      pt: 'A Meta não aceita o segredo do aplicativo {appId}: {reason}. Nenhum webhook passaria na verificação.',
    },
    fix: {
      es: 'En Configuración de la aplicación › Básica, copia el secreto y cámbialo aquí (POST /meta-apps/{appKey}/rotate-secret, o WHATSAPP_APP_SECRET).',
      en: 'In App settings › Basic, copy the secret and change it here (POST /meta-apps/{appKey}/rotate-secret, or WHATSAPP_APP_SECRET).',
      pt: 'Em Configurações do aplicativo › Básico, copie o segredo e troque-o aqui (POST /meta-apps/{appKey}/rotate-secret, ou WHATSAPP_APP_SECRET).',
    },
    page: pages.appBasic,
  },
  'app mode unknown': {
    state: 'unknown',
    seen: {
      es: 'La API no dice si la aplicación está publicada.',
      en: 'The API does not tell whether the app is live.',
      pt: 'A API não diz se o aplicativo está publicado.',
    },
    fix: {
      es: 'Mira el interruptor de arriba en el panel de la aplicación: debe decir «Activo» (Live). En desarrollo no llegan webhooks de clientes.',
      en: 'Look at the switch on top of the app’s dashboard: it must say "Live". In development no webhooks of customers come.',
      pt: 'Veja o interruptor no topo do painel do aplicativo: deve dizer «Ativo» (Live). Em desenvolvimento não chegam webhooks de clientes.',
    },
    page: pages.appPublish,
  },
  'app held back': {
    state: 'failed',
    seen: {
      es: 'Meta no deja enviar a la aplicación ({state}): {reason}.',
      en: 'Meta does not let the app send ({state}): {reason}.',
      pt: 'A Meta não deixa o aplicativo enviar ({state}): {reason}.',
    },
    fix: {
      es: 'Abre el panel de la aplicación, atiende los avisos de arriba y comprueba que está publicada (Live).',
      en: 'Open the app’s dashboard, attend to the notices on top, and see that it is live.',
      pt: 'Abra o painel do aplicativo, atenda aos avisos no topo e confira se está publicado (Live).',
    },
    page: pages.appPublish,
  },
} as const satisfies Record<string, FindingWords>
