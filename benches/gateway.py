"""The gateway beside what it replaces, in one run: bare MLflow, MLflow's basic-auth app, and the gateway in front of
bare MLflow with a password. Each is asked the same, `GET experiments/get`, over kept-alive connections on loopback.

    MLFLOW_PYTHON=.venv/bin/python GATEWAY_BIN=target/release/mlflow-auth-gateway python3 benches/gateway.py

Starts every server itself, with throw-away data and ports of their own, and stops them by pid.
"""

import json

from load import connect, four_clients, one_client
from servers import BASIC, side_by_side


def client(server):
    """What asks a server, over a connection of its own."""
    headers = {"Authorization": BASIC} if server.authorized else {}
    connection = connect(server.port)

    def call():
        connection.request("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", headers=headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200 and body["experiment"]["experiment_id"] == "0", (answer.status, body)

    return call


def main():
    with side_by_side() as (_, servers):
        rows = [(server.name, one_client(client(server)), four_clients(lambda: client(server))) for server in servers]
    bare, basic = rows[0], rows[1]
    print("| server | one client, ms a call | to bare | four clients, calls/s | to basic-auth |")
    print("|---|---:|---:|---:|---:|")
    for name, single, many in rows:
        print(f"| {name} | {single:.2f} | {single / bare[1]:.3f} | {many:.1f} | {many / basic[2]:.1f} |")


if __name__ == "__main__":
    main()
