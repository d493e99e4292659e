"""Names that announce a secret, and the forms in which programs write a name and its value."""

from __future__ import annotations

_SURE = """
password passwd pwd PASSWORD Password DB_PASSWORD db_password dbPassword db.password PGPASSWORD MYSQL_PWD
spring.datasource.password MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD DB_PASSWORD_1 PASSWORD_STAGING
userPassword password_hash passphrase SSH_PASSPHRASE passcode DB_PASS db_pass smtp_pass
RABBITMQ_DEFAULT_PASS storepass keypass DB_PW bindpw bind_pw keyStorePassword ssl.key.password
KEYSTORE_PASSWORD kennwort passwort contraseña senha mot_de_passe SECRET secret client_secret clientSecret
client-secret SECRET_KEY SECRET_KEY_BASE JWT_SECRET WEBHOOK_SECRET SLACK_SIGNING_SECRET cookie_secret
consumer_secret token TOKEN2 access_token accessToken refresh_token id_token authToken auth_token
_authToken GITHUB_TOKEN X-Auth-Token X-Vault-Token csrf_token xsrf-token session_token AWS_SESSION_TOKEN
x-amz-security-token TELEGRAM_BOT_TOKEN bearer jwt api_key apiKey API_KEY apikey X-Api-Key x-api-key
SENDGRID_API_KEY DD_API_KEY JWT_KEY STRIPE_KEY LICENSE_KEY ENCRYPTION_KEY encryptionKey signing_key
hmac_key master_key RAILS_MASTER_KEY private_key privateKey access_key secretAccessKey
AWS_SECRET_ACCESS_KEY aws_secret_access_key AccountKey SharedAccessKey APP_KEY app_key maps_key
AZURE_STORAGE_KEY FOO_KEY WG_PRIVATE_KEY PresharedKey wifi_psk UNSEAL_KEY ssh_key session_key credential
credentials AWS_CREDENTIALS DB_CREDS dsn SENTRY_DSN connection_string connectionString CONNECTION_STRING
mnemonic seed_phrase requirepass MASTERAUTH
"""
SURE = tuple(_SURE.split())
"""Names whose values are always secret, except for literals and references."""
_UNSURE = """
auth _auth basic_auth REDIS_AUTH sig signature X-Amz-Signature hmac session session_id sessionId
JSESSIONID PHPSESSID connect.sid sas GITHUB_PAT salt PASSWORD_SALT pepper consumer_key subscription_key
function_key VAULT_SECRET_ID TOKEN_EMAIL_SERVICE otp
"""
UNSURE = tuple(_UNSURE.split())
"""Names whose values are sometimes a state or the name of a record."""
HEADERS = ("Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "set-cookie")

BARE = (
    *("{n}={v}", "{n}: {v}", "{n} = {v}", "{n}:{v}", "{n} => {v}", "{n}=>{v}", "{n} -> {v}", "{n} := {v}"),
    *(
        "export {n}={v}",
        "{n} == {v}",
        "{n}:  {v}",
        "config.{n}={v}",
        "-D{n}={v}",
        "docker run -e {n}={v} web",
    ),
    *(
        "level=info {n}={v} msg=x",
        "GET /x?{n}={v}&a=b HTTP/1.1",
        "a=b&{n}={v}",
        "params[{n}]={v}",
        "{n}%3D{v}",
    ),
    *("map[{n}:{v} a:b]", "{{{n}:{v} a:b}}", "${{{n}:-{v}}}", "| {n} | {v} |", "{n} | {v}", "**{n}**: {v}"),
    *("{{name={n}, value={v}}}", "[name={n}, value={v}]", "name={n}, value={v}", "Key={n},Value={v}"),
    *("{{Name:{n} Value:{v}}}", "&{{Name:{n} Value:{v}}}", "KeyValuePair(name={n}, value={v})"),
    *("name: {n}\n  value: {v}", "Name: {n}\nValue: {v}", "{n}\n{v}", "{n}:\n  {v}", "{n}: |\n  {v}\na: b"),
    *("--{n} {v}", "--{n}={v}", "Key ({n})=({v}) already exists.", "[redis-server, --{n}, {v}]"),
)
XML = (
    *("<{n}>{v}</{n}>", '<property name="{n}" value="{v}"/>', '<property name="{n}">{v}</property>'),
    *('<add key="{n}" value="{v}" />', "<name>{n}</name>\n<value>{v}</value>"),
)
QUOTED = (
    *('{n}="{v}"', "{n}='{v}'", '"{n}": "{v}"', "'{n}': '{v}'", '"{n}":"{v}"', '\\"{n}\\":\\"{v}\\"'),
    *('{n} = "{v}" # x', "export {n}='{v}'", '{n}="{v}" a=b', "os.environ['{n}'] = '{v}'", "{n}=b'{v}'"),
    *(
        '"{n}"=>"{v}"',
        ':{n}=>"{v}"',
        '{n}: Some("{v}")',
        '{n}: str = "{v}"',
        "`{n}`: `{v}`",
        '"{n}":\n  "{v}"',
    ),
    *("('{n}', '{v}')", '("{n}", "{v}")', "--{n} '{v}'", '["x", "--{n}", "{v}"]', "%22{n}%22%3A%22{v}%22"),
    *('{{"name": "{n}", "value": "{v}"}}', '{{"value": "{v}", "name": "{n}"}}'),
    *("{{'name': '{n}', 'value': '{v}'}}", '- name: {n}\n  value: "{v}"'),
    *('{{"name":"{n}","type":"PLAINTEXT","value":"{v}"}}', "&quot;{n}&quot;:&quot;{v}&quot;"),
)
