#!/usr/bin/env bash
# Starts a deployment, waits for its end, and tells it by the exit code of `forseti deploy`:
#   0 deployed, 1 unexpected, 2 bad input, 3 rejected (nothing touched), 4 rolled back, 5 dirty, 6 another one in progress.
# It needs bash and the AWS CLI with the permissions of examples/iam/ci.json. Everything comes by the environment, and is
# checked before it becomes part of JSON.
set -euo pipefail

application=${FORSETI_APPLICATION:-}
version=${FORSETI_VERSION:-}
stage=${FORSETI_STAGE:-production}
region=${AWS_REGION:-}
commit=${FORSETI_COMMIT:-}
strategy=${FORSETI_STRATEGY:-}
concurrency=${FORSETI_CONCURRENCY:-}
requested_by=${FORSETI_REQUESTED_BY:-}
run=${FORSETI_RUN:-}
timeout_minutes=${FORSETI_TIMEOUT_MINUTES:-110}

# Usage: check NAME VALUE PATTERN EXAMPLE
check() {
  [[ $2 =~ ^($3)$ ]] && return
  echo "$1 is \"${2//[^[:print:]]/?}\"; expected one such as $4" >&2
  exit 2
}
check FORSETI_APPLICATION "$application" '[a-z][a-z0-9-]{0,29}' api
check FORSETI_VERSION "$version" '[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}' v1.4.2
check FORSETI_STAGE "$stage" '[A-Za-z][A-Za-z0-9-]{0,29}' production
check AWS_REGION "$region" '[a-z]{2}(-[a-z]+)+-[0-9]' eu-west-1
check FORSETI_COMMIT "$commit" '([A-Za-z0-9][A-Za-z0-9._-]{0,63})?' 8f14e45fceea167a5a36dedd4bea2543cdb2c3f7
check FORSETI_STRATEGY "$strategy" '(deploy-and-snapshot|golden-instance)?' golden-instance
check FORSETI_CONCURRENCY "$concurrency" '(reject|queue-latest)?' queue-latest
check FORSETI_RUN "$run" '[A-Za-z0-9-]{0,30}' 4711-1
check FORSETI_TIMEOUT_MINUTES "$timeout_minutes" '[1-9][0-9]{0,3}' 110
# A person's name may hold anything; it is only for the record.
requested_by=${requested_by//[^A-Za-z0-9@._ -]/-}
requested_by=${requested_by:0:200}

input="{\"application\":\"$application\",\"version\":\"$version\""
if [[ -n $commit ]]; then input+=",\"commit\":\"$commit\""; fi
if [[ -n $strategy ]]; then input+=",\"strategy\":\"$strategy\""; fi
if [[ -n $concurrency ]]; then input+=",\"concurrency\":\"$concurrency\""; fi
if [[ -n $requested_by ]]; then input+=",\"requestedBy\":\"$requested_by\""; fi
input+='}'

# The same run of the same job starts it once: with the same name and input, StartExecution answers the running one.
name="$application-${version//[^A-Za-z0-9-]/-}"
name="${name:0:49}-${run:-$(date +%s)}"
account=$(aws sts get-caller-identity --region "$region" --query Account --output text)
machine="arn:aws:states:$region:$account:stateMachine:forseti-$stage-deploy"
execution=$(aws stepfunctions start-execution --region "$region" --state-machine-arn "$machine" --name "$name" \
  --input "$input" --query executionArn --output text)
echo "Started $execution"

describe() {
  aws stepfunctions describe-execution --region "$region" --execution-arn "$execution" --query "$1" --output text
}

# Prints the outcome that the record has, once a stopped deployment was undone.
recorded() {
  aws dynamodb get-item --region "$region" --table-name "forseti-$stage-deployments" --consistent-read \
    --key "{\"deployment\":{\"S\":\"$name\"},\"item\":{\"S\":\"record\"}}" --query Item.end.M.outcome.S --output text
}

status=RUNNING
outcome=None
failures=0
for ((waited = 0; waited < timeout_minutes * 60; waited += 20)); do
  if [[ $status == RUNNING ]]; then
    if status=$(describe status); then failures=0; else failures=$((failures + 1)) status=RUNNING; fi
  elif ! outcome=$(recorded); then
    failures=$((failures + 1)) outcome=None
  fi
  # One answer that got lost is no end; the deployment goes on anyway.
  if ((failures > 8)); then break; fi
  case $status in
    SUCCEEDED) outcome=Deployed ;;
    FAILED) outcome=$(describe error) || outcome=None ;;
  esac
  if [[ $outcome != None ]]; then break; fi
  sleep 20
done

cause=
if [[ $status == FAILED ]]; then cause=$(describe cause) || cause=; fi
code=1
case $outcome in
  Deployed) code=0 ;;
  Rejected) if [[ $cause == *'"error":"DeploymentInProgress"'* ]]; then code=6; else code=3; fi ;;
  Superseded) code=3 ;;
  RolledBack) code=4 ;;
  Dirty) code=5 ;;
  None) outcome="Not ended ($status); it goes on, see forseti status $application" ;;
esac

# Why, in lines, where jq is there to read it.
why=$cause
if [[ -n $cause ]] && command -v jq >/dev/null; then
  why=$(jq -r '[.message, .problems[]?, (.left[]? | "left: \(.kind) \(.target): \(.note)")] | unique | join("\n")' <<<"$cause" ||
    printf '%s' "$cause")
fi
echo "$application $version: $outcome"
if [[ -n $why ]]; then printf '%s\n' "$why"; fi

if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  {
    echo "### $application $version: $outcome"
    echo
    echo "[The execution](https://$region.console.aws.amazon.com/states/home?region=$region#/v2/executions/details/$execution) took about $((waited / 60)) minutes."
    # Indented, so that nothing in it is taken for Markdown.
    if [[ -n $why ]]; then
      echo
      printf '%s\n' "$why" | sed 's/^/    /'
    fi
  } >>"$GITHUB_STEP_SUMMARY"
fi
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  printf 'outcome=%s\nexecution=%s\n' "$outcome" "$execution" >>"$GITHUB_OUTPUT"
fi
exit "$code"
