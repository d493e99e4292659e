"""The words by which names are judged. Singular, lower case."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pairs(words: str) -> frozenset[str]:
    return frozenset(pair.replace("_", " ") for pair in words.split())


ENDINGS = (
    *("password", "passwd", "passwort", "passphrase", "passcode", "passkey", "pwd", "pswd", "kennwort"),
    *("secret", "token", "credential", "psk", "connectionstring", "connstr", "conninfo", "cred"),
    *("contrasena", "contraseña", "senha", "motdepasse", "wachtwoord", "lösenord", "hasło"),
    *("пароль", "密码", "密碼", "パスワード", "비밀번호", "parola", "salasana", "heslo", "şifre"),
)
"""A word that ends so names a secret whatever comes before: *PGPASSWORD*, *authtoken*."""
WHOLE = _set(
    "pass pw psw passw mdp jwt bearer csrf xsrf aspxauth dsn mnemonic otpauth hapikey requirepass masterauth"
)
PASS_OF = _set(
    "db user my admin root smtp mail ftp ssh sql http proxy pg redis mongo mysql ldap svc login auth"
    " net wifi app store key ssl cert service master email imap bind"
)
PAIRS = _pairs(
    "connection_string conn_str seed_phrase recovery_phrase secret_phrase pass_phrase pass_word"
    " honeycomb_team session_key code_verifier client_assertion de_passe response_url cookie_value"
)
STATE_PAIRS = _pairs("session_id sess_id connect_sid")
KEY_PAIRS = _pairs("secret_id")
STATES = _set("auth oauth authentication sig signature hmac session sessionid sessid saml samlresponse")
CODES = _pairs(
    "auth_code authorization_code verification_code recovery_code security_code backup_code"
    " activation_code device_code mfa_code otp_code totp_code access_code login_code sms_code pin_code"
) | _set("otp totp pin pincode cvv authcode")
LINKS = _pairs(
    "webhook_url hook_url presigned_url signed_url sas_url heartbeat_url ping_url callback_token_url"
    " webhook_uri webhook_endpoint"
) | _set("webhook webhookurl")

KEY_OF_SECRETS = _set(
    "api secret access private encryption encrypt decryption decrypt signing sign account master shared"
    " preshared psk auth oauth ssh rsa dsa ecdsa aes des hmac jwt jwk jws jwe gpg pgp tls ssl crypto"
    " cipher license licence client root deploy session cookie csrf token app webhook verify"
    " verification activation ingest ingestion integration stripe sendgrid mailgun twilio datadog dd"
    " newrelic sentry segment algolia github gitlab slack google gcp maps firebase aws azure openai"
    " anthropic hf huggingface mapbox amplitude mixpanel pagerduty opsgenie honeycomb rollbar bugsnag"
    " cloudflare fastly heroku netlify vercel supabase wireguard wg django flask rails laravel fernet"
    " vault unseal recovery prod identity envelope data dek kek wallet merchant payment paypal square"
    " braintree plaid shopify telegram discord transfer instrumentation appinsights sdk security"
    " password pass"
)
"""*x_key* and *xkey* open something."""
KEY_OF_RECORDS = _set(
    "primary foreign partition sort hash range cache routing idempotency object s3 bucket message group"
    " dedup deduplication lock index unique candidate composite surrogate natural record row column"
    " table map json dict i18n l10n translation locale config configuration property setting option"
    " registry shard correlation event job metric label tag feature flag redis queue topic file image"
    " blob upload issue project order item entity model public join lookup search cluster clustering"
    " alias business document no missing unknown invalid duplicate given any the a this that each every"
    " with by for of in is per on and expected extra unexpected required wrong bad new old pressed arrow"
    " hot short trigger series stream consumer_group user tenant customer parent child node path url"
    " attribute field parameter param header form query data_model state action view page route menu"
    " widget component asset theme style kms cmk minion pk sk fk gsi lsi id name sequence batch task"
    " workflow run step stage timer schedule cron metadata meta context resource reference ref symbol"
    " string number integer composed nested concurrency trace span region zone rate limit throttle"
    " window counter stats cursor"
)
"""*x_key* finds a record."""

NEUTRAL = _set(
    "value val string str text raw plain base hex b encoded header data prod production stage staging"
    " dev test live old new current previous prev next primary secondary main backup default v pem env"
    " var literal eu us ap west east central north south a c"
)
"""What follows and changes nothing: *API_KEY_STAGING*, *token2*."""
ASIDE = _set(
    "file filename path dir directory folder name arn type kind ttl length len expiry expire expired"
    " expiration expiring expirie count version policy policie at age url uri endpoint hostname username"
    " email method mode algorithm alg provider source status state enabled disabled required present"
    " valid invalid changed created updated issued interval timeout duration day hour minute second sec"
    " ms min max limit bucket size byte bit usage used total number num encryption authentication"
    " verification validation validator rotation store manager class handler middleware strategy scheme"
    " format field column attribute prefix index audience issuer error exception reason attempt failure"
    " failed trie retrie rate ref reference template stdin prompt less ok check checked checker cleaner"
    " cleanup encoder decoder generator factory resettable hint lifetime requirement rule selector"
    " controller repository loader reader parser lexer listener complexity mismatch match matche missing"
    " supplied found reuse history strength latency cost speed date timestamp until com net org httponly"
    " consent expiresin pair resolver reset"
)
"""What follows and leads elsewhere: *token_type* is no token."""
ASIDE_PERHAPS = _set(
    "service server worker client user admin host port domain region scope label queue table event job"
    " cache pool local localhost internal io svc lambda request consumer helper test spec suite dialog"
    " page view form input filter module refresh refreshed set change on price per time before after in"
    " lookup guard audit update delete example cli api app tls ssl rotator retry secure"
)
"""What follows and may lead elsewhere: then the value decides."""
FILES = _set(
    "java go py rb rs js ts tsx jsx mjs cjs kt scala cs php c cc cpp h hpp ex exs erl swift m vue"
    " svelte sql sh yml yaml xml html css md txt log conf cfg ini toml lock sock so jar whl gz zip csv"
    " pyc proto tf hcl"
)
"""A name that ends so is that of a file: *token.go:12* is a place in one."""
REFUSED = _set(
    "expired invalid missing unknown bad no not wrong unexpected unrecognized malformed empty duplicate"
    " incorrect revoked unsupported"
)
