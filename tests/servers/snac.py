"""A real server with Mastodon's interface (snac) with notes of an invented person, on private ports.

It closes itself to programs by its robots.txt, so it stands behind a proxy, as it is meant to, which opens it. Prints one line of
JSON when ready; `/more` on the control port posts 30 notes more. `snac.py FOLDER BINARY`
"""

import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

FIRST = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    folder, binary = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    folder.mkdir(parents=True)
    binary = shutil.copy(binary, folder)  # out of a home that others may not enter
    data, port, count = folder / "data", free_port(), 0
    # it refuses to be root
    drop = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    if drop:
        os.chown(folder, 65534, 65534)

    def snac(*words, answers=None):
        return subprocess.run([binary, *words], input=answers, check=True, capture_output=True, text=True, cwd=folder, **drop).stdout

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, kind, body = 200, "text/plain", b"User-agent: *\nAllow: /\n"
            if self.path != "/robots.txt":
                inner = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                inner.request("GET", self.path, headers={"Host": self.headers["Host"]})
                answer = inner.getresponse()
                status, kind, body = answer.status, answer.headers["content-type"] or "", answer.read()
                # it always stands behind TLS, this proxy does not
                body = body.replace(b"wss://", b"ws://")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    host = f"127.0.0.1:{proxy.server_port}"
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    snac("init", data, answers=f"127.0.0.1\n{port}\n{host}\n\nadmin@contoh.example\n")
    settings = json.loads((data / "server.json").read_text())
    (data / "server.json").write_text(json.dumps({**settings, "protocol": "http"}))
    snac("adduser", data, "rukmini", answers="rukmini\n")
    server = subprocess.Popen([binary, "httpd", data], stdout=sys.stderr, cwd=folder, **drop)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    def note(number):
        tag = " #Banjir" if number % 2 else ""
        snac("note", data, "rukmini", f"kabar {number}: katanya tanggul Karangjati jebol & parah{tag}")

    class Control(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            nonlocal count
            if self.path == "/more":
                for _ in range(30):
                    count += 1
                    note(count)
            self.send_response(200 if self.path == "/more" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        for count in range(1, FIRST + 1):
            note(count)
        control = http.server.HTTPServer(("127.0.0.1", 0), Control)
        print(json.dumps({
            "site": f"http://{host}", "closed": f"http://127.0.0.1:{port}", "notes": FIRST,
            "more": f"http://127.0.0.1:{control.server_port}/more",
        }), flush=True)
        control.serve_forever()
    finally:
        server.terminate()
        server.wait()


main()
