#!/usr/bin/env bash
# Puts `Git Tag Pushed` on the bus: every application whose settings follow the repository is deployed. It does not wait;
# Forseti tells the end by its own messages. It needs bash and the AWS CLI with the permissions of examples/iam/ci.json.
set -euo pipefail

# Usage: check NAME VALUE PATTERN EXAMPLE
check() {
  [[ $2 =~ ^($3)$ ]] && return
  echo "$1 is \"${2//[^[:print:]]/?}\"; expected one such as $4" >&2
  exit 2
}
check FORSETI_REPOSITORY "${FORSETI_REPOSITORY:-}" '[A-Za-z0-9._/-]{1,256}' acme/api
check FORSETI_VERSION "${FORSETI_VERSION:-}" '[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}' v1.4.2
check FORSETI_COMMIT "${FORSETI_COMMIT:-}" '[0-9a-f]{40}([0-9a-f]{24})?' 8f14e45fceea167a5a36dedd4bea2543cdb2c3f7
pushed_by=${FORSETI_REQUESTED_BY:-}
pushed_by=${pushed_by//[^A-Za-z0-9@._ -]/-}

detail="{\\\"repository\\\":\\\"$FORSETI_REPOSITORY\\\",\\\"tag\\\":\\\"$FORSETI_VERSION\\\",\\\"commit\\\":\\\"$FORSETI_COMMIT\\\",\\\"pushedBy\\\":\\\"$pushed_by\\\"}"
entries="[{\"Source\":\"forseti.ci\",\"DetailType\":\"Git Tag Pushed\",\"Detail\":\"$detail\"}]"
# An entry that is refused is no error of the call.
failed=$(aws events put-events --region "${AWS_REGION:?is not set}" --entries "$entries" --query FailedEntryCount --output text)
if [[ $failed != 0 ]]; then
  echo "EventBridge refused the event." >&2
  exit 1
fi
echo "Announced $FORSETI_VERSION of $FORSETI_REPOSITORY."
