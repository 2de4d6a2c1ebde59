"""Files: those of a run, and the proxy in front of the store of files."""

from ..cases import ajax, asked, both, case, delete, get, post, put, root

PROXY = "2.0/mlflow-artifacts/artifacts"
MPU = "2.0/mlflow-artifacts/mpu"
SIGNED = "2.0/mlflow-artifacts/presigned"
RUN, MODEL, TRACE = (f"{{experiment}}/{part}" for part in ("{run}/artifacts", "models/{logged_model}/artifacts", "traces/{trace}/artifacts"))
FILES = {"Content-Type": "application/octet-stream"}


def upload(path, **more):
    """A file that is sent to the proxy."""
    return put(f"{PROXY}/{path}", b"text", headers=FILES, **more)


CASES = [
    *both(
        asked(PROXY, path="{experiment}", tiers="run trace logged_model"),
        asked(PROXY, path=RUN, tiers="run", note="of a run"),
        asked(PROXY, path=MODEL, tiers="logged_model", note="of a model"),
        asked(PROXY, path=TRACE, tiers="trace", note="of a trace"),
        asked(PROXY, path="{experiment}/models", tiers="logged_model", note="models"),
        get(PROXY, note="the root", brief=False),
        asked(PROXY, path="not-a-number", note="no experiment"),
        asked(PROXY, path="{experiment}/../{others.experiment}", whose=["mine"], note="up"),
        get(f"{PROXY}/{RUN}/note.txt", tiers="run"),
        get(f"{PROXY}/{RUN}/nothing.txt", tiers="run", note="not there"),
        get(f"{PROXY}/{MODEL}/MLmodel", tiers="logged_model", note="of a model"),
        get(f"{PROXY}/{TRACE}/traces.json", tiers="trace", note="of a trace"),
        get(f"{PROXY}/{{experiment}}/file.txt", note="of the experiment"),
        get(f"{PROXY}/not-a-number/file.txt", note="no experiment", brief=False),
        upload(f"{RUN}/{{new}}.txt", tiers="run"),
        upload(f"{MODEL}/{{new}}.txt", tiers="logged_model", note="of a model"),
        upload(f"{TRACE}/{{new}}.txt", tiers="trace", note="of a trace"),
        upload("{experiment}/{new}.txt", note="of the experiment"),
        upload("not-a-number/{new}.txt", note="no experiment"),
        delete(f"{PROXY}/{RUN}/note.txt", tiers="run", fresh="run"),
        delete(f"{PROXY}/{MODEL}/MLmodel", tiers="logged_model", fresh="logged_model", note="of a model"),
        delete(f"{PROXY}/{{experiment}}/{{run}}", tiers="run", fresh="run", note="all of a run"),
        delete(f"{PROXY}/not-a-number/file.txt", note="no experiment"),
        *[
            post(f"{MPU}/{step}/{path}", {"path": "f.txt", "num_parts": 1, "upload_id": "u", "parts": []}, tiers=tier, note=tier)
            for step in ("create", "complete", "abort")
            for path, tier in ((f"{RUN}/big.bin", "run"), (f"{MODEL}/big.bin", "logged_model"))
        ],
        get(f"{SIGNED}/{RUN}/note.txt", tiers="run"),
        get(f"{SIGNED}/{MODEL}/MLmodel", tiers="logged_model", note="of a model"),
        post("2.0/mlflow/artifacts/presigned-upload-url", {"run_id": "{run}", "path": "a"}, tiers="run"),
        post("2.0/mlflow/artifacts/presigned-upload-url", {"model_id": "{logged_model}", "path": "a"}, tiers="logged_model", note="of a model"),
        post("2.0/mlflow/artifacts/presigned-upload-url", {"path": "a"}, note="of nothing"),
        post("2.0/mlflow/artifacts/presigned-upload-url", {"run_id": "{run}", "model_id": "{logged_model}", "path": "a"}, whose=["mine"], note="of both"),
        post("2.0/mlflow/artifacts/presigned-download-url", {"run_id": "{run}", "path": "note.txt"}, tiers="run", changes=False),
    ),
    *root(
        asked("/get-artifact", run_id="{run}", path="note.txt", tiers="run"),
        asked("/get-artifact", run_uuid="{run}", path="note.txt", tiers="run", note="old name of the id"),
    ),
    *ajax(case("POST", "2.0/mlflow/upload-artifact", b"text", query={"run_uuid": "{run}", "path": "{new}.txt"}, headers=FILES, tiers="run")),
]  # fmt: skip
