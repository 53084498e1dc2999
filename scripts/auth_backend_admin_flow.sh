#!/usr/bin/env bash
# The Inbox Manager admin flow with nothing but curl: a user, a child account, a member, a change, and all of it
# removed again. Through the gateway, or with --direct against the token endpoint and the API themselves.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: scripts/auth_backend_admin_flow.sh [--direct]

Through the gateway (the default):
  COUNTERSIGN_URL                  gateway, default http://127.0.0.1:8080
  COUNTERSIGN_TOKEN                this workload's own token, or
  COUNTERSIGN_TOKEN_FILE           a file that holds it (a projected Kubernetes token, say)

With --direct (needs the vendor's secret, which is what the gateway spares you):
  INBOX_MANAGER_TOKEN_URL          default https://auth.inbox-manager.com/oauth2/token
  INBOX_MANAGER_API_URL            default https://api.inbox-manager.com
  INBOX_MANAGER_AUDIENCE           default https://api.inbox-manager.com
  AUTH_BACKEND_ADMIN_CLIENT_ID     client id
  AUTH_BACKEND_ADMIN_CLIENT_SECRET client secret

Both:
  INBOX_MANAGER_APP_ID             application that gets the user
  INBOX_MANAGER_PARENT_ACCOUNT_ID  account that gets the child account

Exit codes: 0 the flow went through, 1 an unexpected answer, 2 wrong usage.
HELP
}

fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }
misuse() { printf '%s\n\n' "$1" >&2; usage >&2; exit 2; }
need() { [ -n "${!1:-}" ] || misuse "$1 is not set."; }

direct=false
for argument in "$@"; do
  case "$argument" in
    --direct) direct=true ;;
    -h | --help) usage; exit 0 ;;
    *) misuse "There is no option $argument." ;;
  esac
done
command -v curl >/dev/null || fail 'curl is not installed'
need INBOX_MANAGER_APP_ID
need INBOX_MANAGER_PARENT_ACCOUNT_ID

# A string as the inside of a JSON string. Secrets hold whatever they like.
json_escape() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  printf '%s' "${text//$'\t'/\\t}"
}

# The value of a string member, from JSON on standard input: enough for the flat answers of this API.
json_string() { tr -d '\n' | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p"; }
json_id() { tr -d '\n' | sed -n 's/^[[:space:]]*{\(.*[,[:space:]]\)\{0,1\}"id"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\2/p'; }

# call NAME METHOD URL EXPECTED [BODY]: leaves the answer in $answer. Credentials and bodies go through
# descriptors, so that nothing secret stands in the process list.
call() {
  local name=$1 method=$2 url=$3 expected=$4 body=${5-}
  local out
  out=$(curl -sS --max-time 30 -X "$method" "$url" -w '\n%{http_code}' \
    ${bearer:+-H @<(printf 'authorization: Bearer %s' "$bearer")} \
    ${body:+-H 'content-type: application/json' --data-binary @<(printf '%s' "$body")}) ||
    fail "$name: $method $url could not be sent; is it running there?"
  status=${out##*$'\n'}
  answer=${out%$'\n'*}
  [[ " $expected " == *" $status "* ]] || fail "$name: expected ${expected// / or }, got $status: ${answer:0:500}"
  printf 'ok   %-28s %-6s %s\n' "$name" "$method" "$status"
}

bearer=
if $direct; then
  need AUTH_BACKEND_ADMIN_CLIENT_ID
  need AUTH_BACKEND_ADMIN_CLIENT_SECRET
  base=${INBOX_MANAGER_API_URL:-https://api.inbox-manager.com}
  call 'token' POST "${INBOX_MANAGER_TOKEN_URL:-https://auth.inbox-manager.com/oauth2/token}" '200' \
    "{\"grant_type\":\"client_credentials\",\"client_id\":\"$(json_escape "$AUTH_BACKEND_ADMIN_CLIENT_ID")\",\"client_secret\":\"$(json_escape "$AUTH_BACKEND_ADMIN_CLIENT_SECRET")\",\"audience\":\"$(json_escape "${INBOX_MANAGER_AUDIENCE:-https://api.inbox-manager.com}")\"}"
  bearer=$(json_string access_token <<<"$answer")
  [ -n "$bearer" ] || fail 'token: the answer holds no access_token'
else
  base=${COUNTERSIGN_URL:-http://127.0.0.1:8080}
  base=${base%/}/inbox-manager
  if [ -n "${COUNTERSIGN_TOKEN_FILE:-}" ]; then
    [ -r "$COUNTERSIGN_TOKEN_FILE" ] || fail "COUNTERSIGN_TOKEN_FILE: cannot read $COUNTERSIGN_TOKEN_FILE"
    bearer=$(<"$COUNTERSIGN_TOKEN_FILE")
  else
    need COUNTERSIGN_TOKEN
    bearer=$COUNTERSIGN_TOKEN
  fi
fi

created() { # NAME: the id of what was just created
  local id
  id=$(json_id <<<"$answer")
  [ -n "$id" ] || fail "$1: the answer holds no id: ${answer:0:500}"
  printf '%s' "$id"
}

call 'create user' POST "$base/api/applications/$INBOX_MANAGER_APP_ID/users" '200 201' '{"status":"active"}'
user=$(created 'create user')
call 'create child account' POST "$base/api/accounts/$INBOX_MANAGER_PARENT_ACCOUNT_ID/accounts" '200 201' '{"name":"ops-provisioned"}'
account=$(created 'create child account')
call 'add member' POST "$base/api/accounts/$account/members" '200 201' "{\"user_id\":\"$user\",\"role\":\"viewer\"}"
member=$(created 'add member')
call 'change member' PATCH "$base/api/accounts/$account/members/$member" '200' '{"role":"member"}'
call 'rename account' PATCH "$base/api/accounts/$account" '200' '{"name":"Operations Team"}'
call 'remove member' DELETE "$base/api/accounts/$account/members/$member" '200 202 204'
call 'remove account' DELETE "$base/api/accounts/$account" '200 202 204'
call 'remove user' DELETE "$base/api/users/$user" '200 202 204'
printf 'The whole flow went through.\n'
