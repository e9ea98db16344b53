"""Holds requests against the services' own models, which botocore ships.

usage: check_requests.py FOLDER
FOLDER holds *.jsonl: a request a line, {service, action, principal, input, refused?}, dates as {"$date": ...}, bytes as
{"$bytes": ...}. Prints one JSON document: {"checked", "refused", "actions": {"ec2:RunInstances": requests},
"violations": [{"service", "action", "principal", "at", "problem", "input"}]}.

A request that the local cloud refused as malformed is not held against the model: that it was refused is what should be.
"""

import base64
import datetime
import functools
import glob
import json
import os
import sys

import botocore.session
import regex
from botocore.validate import ParamValidator

MODELS = {
    "elasticloadbalancing": "elbv2",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
}

# What AWS answers to a request that cannot be right, whatever there is in the account.
MALFORMED = regex.compile(
    r"Validation|Malformed|^Invalid|^Missing|InvalidParameter|ParameterValue|SerializationException|Unsupported"
)


def decode(value):
    if isinstance(value, list):
        return [decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$date"}:
        return datetime.datetime.fromisoformat(value["$date"].replace("Z", "+00:00"))
    if set(value) == {"$bytes"}:
        return base64.b64decode(value["$bytes"])
    return {name: decode(each) for name, each in value.items()}


def size_of(shape, value):
    if shape.type_name in ("string", "list", "map", "blob"):
        return len(value)
    if shape.type_name in ("integer", "long", "float", "double"):
        return value
    return None


@functools.cache
def compiled(pattern):
    # The models' patterns are Java's: `[\w-/]` is three things there, and what lies beyond the sixteenth bit a pair.
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    return regex.compile(regex.sub(r"(\\[wsdWSD])-(?=[^\]])", r"\1\\-", pattern))


def matches(pattern, text):
    # Services hold the whole of a text against the pattern, with or without anchors.
    return compiled(pattern).fullmatch(text) is not None


def own_problems(shape, value):
    limits = shape.metadata
    size = size_of(shape, value)
    if size is not None and "max" in limits and size > limits["max"]:
        yield f"{size} is more than {limits['max']}"
    if size is not None and "min" in limits and size < limits["min"]:
        yield f"{size} is less than {limits['min']}"
    if shape.type_name == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield f"{value!r} is none of {shape.enum}"
        if "pattern" in limits and not matches(limits["pattern"], value):
            yield f"{value!r} does not match {limits['pattern']}"


def walk(shape, value, at):
    """Limits, patterns and enums; required members, unknown members and types are ParamValidator's."""
    for problem in own_problems(shape, value):
        yield at, problem
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in value.items():
            if name in shape.members:
                yield from walk(shape.members[name], member, f"{at}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, member in enumerate(value):
            yield from walk(shape.member, member, f"{at}[{index}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for name, member in value.items():
            yield from walk(shape.key, name, f"{at}.{name} (key)")
            yield from walk(shape.value, member, f"{at}.{name}")


def with_tokens(shape, value):
    """The SDK makes up the idempotency token where it is left out, below the place where requests are written down."""
    tokens = [name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")]
    return {**{name: "00000000-0000-4000-8000-000000000000" for name in tokens}, **value}


def problems_of(model, action, given):
    if action not in model.operation_names:
        return [("", f"the service has no action {action}")]
    shape = model.operation_model(action).input_shape
    if shape is None:
        return [("", "the action takes nothing")] if given else []
    value = with_tokens(shape, given)
    report = ParamValidator().validate(value, shape)
    found = [("", report.generate_report())] if report.has_errors() else []
    return found + list(walk(shape, value, "")) if not found else found


def read(folder):
    seen = set()
    for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line not in seen:
                    seen.add(line)
                    yield json.loads(line)


def main(folder):
    session = botocore.session.get_session()
    models = {}
    result = {"checked": 0, "refused": 0, "actions": {}, "violations": []}
    for request in read(folder):
        service, action = request["service"], request["action"]
        if MALFORMED.search(request.get("refused", "")):
            result["refused"] += 1
            continue
        if service not in models:
            models[service] = session.get_service_model(MODELS.get(service, service))
        result["checked"] += 1
        name = f"{service}:{action}"
        result["actions"][name] = result["actions"].get(name, 0) + 1
        for at, problem in problems_of(models[service], action, decode(request["input"])):
            result["violations"].append({**request, "at": at, "problem": problem})
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
