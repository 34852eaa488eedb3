"""A real nginx on a built or published site, with the configuration that the site holds."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {here}/pid; error_log {here}/erreurs;
events {{}}
http {{
  types {{ text/html html; text/css css; image/svg+xml svg; image/png png; font/woff2 woff2;
    text/javascript js; text/plain txt; application/xml xml; }}
  access_log off; client_body_temp_path {here}; proxy_temp_path {here}; fastcgi_temp_path {here};
  uwsgi_temp_path {here}; scgi_temp_path {here};
  server {{ listen 127.0.0.1:{port}; root "{root}"; include "{root}/_nginx.conf"; }}
}}
"""


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(root: Path, here: Path, port: int | None = None) -> Iterator[int]:
    """Serve a folder, and yield the port; `here` holds the files of the server."""
    port = port or free_port()
    configuration = here / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(here=here, port=port, root=root))
    # Only its owner may read the output folder, so nginx must not change user.
    command = ["/usr/sbin/nginx", "-p", str(here), "-c", str(configuration), "-g", "user root;"]
    server = subprocess.Popen(command)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert server.poll() is None, (here / "erreurs").read_text()
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)
