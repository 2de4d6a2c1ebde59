"""A real NGINX of this machine, with a configuration of its own, that is nobody's service."""

import os
import shutil

from servers import Server, free_port

# Where it connects from, so that the gateway can tell it from everybody else on this machine.
ADDRESS = "127.0.0.2"

_HTTP = """
{user}
daemon off;
worker_processes 1;
pid {data}/nginx.pid;
error_log {data}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {data}/body;
    proxy_temp_path {data}/proxy;
    fastcgi_temp_path {data}/fastcgi;
    uwsgi_temp_path {data}/uwsgi;
    scgi_temp_path {data}/scgi;
    proxy_http_version 1.1;
    server {{
        listen 127.0.0.1:{port};
        location = /-/ready {{ return 200; }}
{locations}
    }}
}}
"""

_ASKS = """
        location = /-/auth {{
            internal;
            proxy_bind {address};
            proxy_pass {gateway}/forward-auth;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Original-URI $request_uri;
            proxy_set_header X-Original-Method $request_method;
        }}
        location / {{
            auth_request /-/auth;
            auth_request_set $auth_user $upstream_http_x_forwarded_user;
            auth_request_set $auth_groups $upstream_http_x_forwarded_groups;
            auth_request_set $auth_admin $upstream_http_x_mlflow_admin;
            proxy_set_header X-Forwarded-User $auth_user;
            proxy_set_header X-Forwarded-Groups $auth_groups;
            proxy_set_header X-Mlflow-Admin $auth_admin;
            proxy_set_header Authorization "";
            proxy_pass {behind};
            error_page 500 = @busy;
        }}
        location @busy {{ return 503; }}
"""

_TELLS = """
        location / {{
            proxy_bind {address};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Email {user};
            proxy_set_header X-Forwarded-User "";
            proxy_set_header X-Forwarded-Preferred-Username "";
            proxy_set_header X-Forwarded-Groups "{groups}";
            proxy_pass {gateway};
        }}
"""


def _nginx(data, locations):
    binary = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not binary:
        raise RuntimeError("`nginx` must be installed, as Debian's package nginx-light does")
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    file = data / "nginx.conf"
    file.write_text(_HTTP.format(user=user, data=data, port=port, locations=locations))
    argv = [binary, "-p", str(data), "-c", str(file), "-e", str(data / "error.log")]
    return Server(argv, f"http://127.0.0.1:{port}", "/-/ready", data / "nginx.log")


def asking_nginx(data, gateway, behind):
    """Asks `gateway` with `auth_request` before it forwards to `behind`."""
    return _nginx(data, _ASKS.format(address=ADDRESS, gateway=gateway, behind=behind))


def telling_nginx(data, gateway, user, groups=""):
    """Stands for a proxy that has signed `user` in, and says so to `gateway`."""
    return _nginx(data, _TELLS.format(address=ADDRESS, gateway=gateway, user=user, groups=groups))
