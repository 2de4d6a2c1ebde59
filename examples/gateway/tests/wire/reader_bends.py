"""The ways in which a random request is bent. Each takes the source of randomness, the request and a choice of ids."""

import json
from urllib.parse import unquote

ID_FIELDS = ("run_id", "run_uuid", "experiment_id", "name", "model_id", "trace_id", "trace_ids", "source_run_id", "path")
TWINS = {"run_id": "run_uuid", "run_uuid": "run_id", "model_id": "model_id", "trace_id": "request_id"}
KINDS = {"experiment_id": "experiment", "name": "registered_model", "model_id": "logged_model", "trace_id": "trace"}


def another(random, key, choose):
    """An id that could stand in a field, allowed or not."""
    return choose(KINDS.get(key, "run"), None)


def camel(name):
    """`run_id` as `runId`."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _insert(random, items, item):
    items.insert(random.randint(0, len(items)), item)


def _field(random, draft):
    return random.randrange(len(draft.fields)) if draft.fields else None


def other_spelling(random, draft, choose):
    """A key of the body in camelCase, alone or beside the other."""
    at = _field(random, draft)
    if at is not None:
        key, value = draft.fields[at]
        item = (json.dumps(camel(json.loads(key))), value)
        if random.random() < 0.5:
            draft.fields[at] = item
        else:
            _insert(random, draft.fields, (item[0], json.dumps(another(random, json.loads(key), choose))))


def twice(random, draft, choose):
    """A key twice, with another id."""
    at = _field(random, draft)
    if at is not None:
        key, _ = draft.fields[at]
        _insert(random, draft.fields, (key, json.dumps(another(random, json.loads(key), choose))))
    elif draft.query:
        key, _ = random.choice(draft.query)
        _insert(random, draft.query, (key, another(random, key, choose)))


def twin(random, draft, choose):
    """The other name of the same thing, with the same id or another."""
    name = random.choice(list(TWINS))
    value = another(random, name, choose)
    if draft.fields is not None:
        same = next((value for key, value in draft.fields if json.loads(key) == name), None)
        _insert(random, draft.fields, (json.dumps(TWINS[name]), same if same and random.random() < 0.5 else json.dumps(value)))
    else:
        same = next((value for key, value in draft.query if key == name), None)
        _insert(random, draft.query, (TWINS[name], same if same and random.random() < 0.5 else value))


def other_id(random, draft, choose):
    """An id written otherwise."""
    forms = ("0{}", " {}", "{} ", "+{}", "{}\t", "０{}", "{}\x00", "./{}", "{}/.", "%25{}", "{}?")
    bend = random.choice(forms).format
    at = _field(random, draft)
    if at is not None:
        key, value = draft.fields[at]
        if isinstance(json.loads(value), str):
            draft.fields[at] = (key, json.dumps(bend(json.loads(value)), ensure_ascii=random.random() < 0.5))
    elif draft.query:
        number = random.randrange(len(draft.query))
        key, value = draft.query[number]
        draft.query[number] = (key, "".join(f"%{byte:02X}" for byte in bend(unquote(value)).encode()))


def other_type(random, draft, choose):
    """A value of another type."""
    at = _field(random, draft)
    if at is not None:
        key, value = draft.fields[at]
        forms = ("null", "1", "1.5", "true", "{}", "[]", f"[{value}]", f'{{"a":{value}}}', "NaN", "1e999", r'"\ud800"', '""', "9" * 40)
        draft.fields[at] = (key, random.choice(forms))


def escapes(random, draft, choose):
    """Characters written as escapes, which mean the same."""
    if draft.fields:
        at = _field(random, draft)
        key, value = draft.fields[at]
        spelled = "".join(f"\\u{ord(letter):04x}" if random.random() < 0.3 else letter for letter in json.loads(key))
        draft.fields[at] = (f'"{spelled}"', value)
    elif draft.query:
        at = random.randrange(len(draft.query))
        key, value = draft.query[at]
        draft.query[at] = ("".join(f"%{ord(letter):02x}" if random.random() < 0.3 else letter for letter in key), value)


def other_source(random, draft, choose):
    """An id where the operation does not read it: in the query of a POST, in the body of a GET."""
    name = random.choice(ID_FIELDS)
    value = another(random, name, choose)
    if draft.fields is None:
        draft.fields = [(json.dumps(name), json.dumps(value))]
        if random.random() < 0.5:
            draft.query = []
    else:
        _insert(random, draft.query, (name, value))
        if random.random() < 0.3:
            draft.fields = []


def other_bytes(random, draft, choose):
    """Another encoding of the body."""
    draft.encoding = random.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp037"))


def other_text(random, draft, choose):
    """Something around the body, or the body inside something."""
    draft.around = random.choice(((" \n", "\t\r\n"), ("", " x"), ("", "{}"), ("[", "]"), ("\x00", ""), ("", ","), ("\ufeff", ""), ("/**/", "")))
    if draft.fields and random.random() < 0.2:
        draft.around = ("", "")
        draft.text = json.dumps(draft.body().decode(errors="replace"))


def other_kind(random, draft, choose):
    """Another type of the body."""
    draft.kind = random.choice(("application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", None, "Application/JSON", "application/json, text/plain"))


def in_chunks(random, draft, choose):
    """The body in chunks."""
    draft.chunks = True


def more(random, draft, choose):
    """A field that nobody knows."""
    if draft.fields is not None:
        _insert(random, draft.fields, ('"unknown"', random.choice(('{"run_id":"x"}', "[1,[2,{}]]", "null", '"ü"', "1e-7"))))


def reorder(random, draft, choose):
    """The same in another order."""
    random.shuffle(draft.fields if draft.fields else draft.query)


def other_path(random, draft, choose):
    """The path written otherwise."""
    path = draft.path
    forms = ("/" + path, path + "/", path.replace("/mlflow", "%2Fmlflow", 1), path.replace("get", "g%65t"), path + ";x", path.upper(),
             path.replace("/api/", "/ajax-api/"), path.replace("/api/", "/api/./"), path.replace("/api/", "/api//"), path + "%00", path + "#x", path.replace("2.0", "3.0"))  # fmt: skip
    draft.path = random.choice(forms)


def other_method(random, draft, choose):
    """Another method."""
    draft.method = random.choice(("HEAD", "GET", "POST", "PATCH", "DELETE", "PUT", "get", "OPTIONS"))


BENDS = [
    other_spelling, twice, twin, other_id, other_type, escapes, escapes, other_source, other_bytes, other_text, other_kind,
    in_chunks, more, more, reorder, reorder, other_path, other_method,
]  # fmt: skip
