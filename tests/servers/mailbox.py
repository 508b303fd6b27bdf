"""A real mail server (Debian's Dovecot) with one mailbox of forwarded messages by invented people, on private ports, plain and TLS.

Prints one line of JSON when ready. Asked on its control port, `/more` drops three messages more, `/renumber` makes the server give the
folder another UIDVALIDITY. `mailbox.py FOLDER`
"""

import base64
import grp
import http.server
import json
import os
import pathlib
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from email.message import EmailMessage
from email.utils import format_datetime
from datetime import datetime, timedelta, timezone

FIRST = 250
# a folder as people name one, and as the server keeps it (modified UTF-7)
FOLDER = "Aduan désa & RT"
KEPT_AS = ".Aduan d&AOk-sa &- RT"
WIB = timezone(timedelta(hours=7))
USER = "kotak@kantor.example"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def letter(number, text, charset="utf-8", cte=None):
    message = EmailMessage()
    message["From"] = f"Rukmini Wage {number} <rukmini{number}@surel.example>"
    message["To"] = USER
    message["Subject"] = f"Fwd: kabar nomor {number}"
    message["Date"] = format_datetime(datetime.now(WIB) - timedelta(minutes=number))
    message["Message-ID"] = f"<{number}.{secrets.token_hex(4)}@surel.example>"
    head = f"---------- Forwarded message ---------\nDari: Sastro Wage <sastro@surel.example>\nSubject: kabar nomor {number}\n\n"
    message.set_content(f"{head}{text}", charset=charset, cte=cte)
    return message


class Box:
    def __init__(self, folder, owner):
        self.maildir, self.owner, self.dropped = folder / "home" / "Maildir", owner, 0
        for part in ("cur", "new", "tmp"):
            (self.maildir / part).mkdir(parents=True)

    def drop(self, raw, folder="."):
        self.dropped += 1
        name = f"{int(time.time())}.{self.dropped:06}.surel"
        at = self.maildir / folder
        for part in ("cur", "new", "tmp"):
            (at / part).mkdir(parents=True, exist_ok=True)
        (at / "tmp" / name).write_bytes(raw)
        self.give_away()
        (at / "tmp" / name).rename(at / "new" / name)

    def give_away(self):
        if os.getuid() == 0:
            for path in [self.maildir.parent, self.maildir, *self.maildir.glob("*"), *self.maildir.glob("**/tmp/*"), *self.maildir.glob(".*/*")]:
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def drop_letters(self, numbers):
        for number in numbers:
            charset, cte = [("utf-8", "base64"), ("windows-1252", "8bit"), ("gb18030", "base64")][number % 3]
            extra = ["", "“tutup” 5 €", "洪水警报"][number % 3]
            self.drop(letter(number, f"Tanggul Karangjati jebol, kabar {number} {extra}", charset, cte).as_bytes())

    def renumber(self):
        # its note of the last UIDVALIDITY stays, or within a second it would give the same again
        for path in [*self.maildir.glob("dovecot-uidlist*"), *self.maildir.glob("dovecot.*")]:
            path.unlink()


def configure(folder, owner, password):
    plain, tls = free_port(), free_port()
    inner = ("dovecot", "dovenull") if os.getuid() == 0 else (owner.pw_name,) * 2
    group = "dovecot" if os.getuid() == 0 else grp.getgrgid(owner.pw_gid).gr_name
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=surel uji", "-addext", "subjectAltName=IP:127.0.0.1,DNS:surel.uji", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", folder / "key.pem", "-out", folder / "authority.pem"],
        check=True, capture_output=True,
    )
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{folder}/home\n")
    (folder / "users").chmod(0o644)
    (folder / "dovecot.conf").write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = {folder.parent.name}
protocols = imap
listen = 127.0.0.1
default_internal_user = {inner[0]}
default_internal_group = {group}
default_login_user = {inner[1]}
ssl = yes
ssl_cert = <{folder}/authority.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_max_userip_connections = 50
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
    return plain, tls


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True)
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    password = "sandi \"uji\" " + base64.b64encode(secrets.token_bytes(9)).decode()
    (folder / "password").touch(0o600)
    (folder / "password").write_text(password + "\n")
    box = Box(folder, owner)
    box.drop_letters(range(1, FIRST + 1))
    broken = b"From: rusak\r\nSubject: tanpa isi\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--y--\r\n"
    box.drop(broken)
    huge = letter(900, "Video ini benar?")
    huge.add_attachment(b"\0" * (30 << 20), maintype="video", subtype="mp4", filename="rukmini.mp4")
    box.drop(huge.as_bytes())
    box.drop(letter(901, "Kabar di map lain").as_bytes(), KEPT_AS)
    box.give_away()
    plain, tls = configure(folder, owner, password)
    server = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"], stdout=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    class Control(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/more":
                box.drop_letters(range(box.dropped + 1_000, box.dropped + 1_003))
            elif self.path == "/renumber":
                box.renumber()
            self.send_response(200 if self.path in ("/more", "/renumber") else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    control = http.server.HTTPServer(("127.0.0.1", 0), Control)
    at = f"http://127.0.0.1:{control.server_port}"
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            if server.poll() is not None:
                sys.exit("dovecot ended: " + (folder / "log").read_text() if (folder / "log").exists() else "dovecot ended")
            time.sleep(0.1)
        user = USER.replace("@", "%40")
        print(json.dumps({
            "plain": f"imap://{user}@127.0.0.1:{plain}/INBOX", "tls": f"imaps://{user}@127.0.0.1:{tls}/INBOX",
            "start_tls": f"imap://{user}@surel.uji:{plain}/{urllib.parse.quote(FOLDER)}",
            "authority": str(folder / "authority.pem"), "password_file": str(folder / "password"), "messages": FIRST + 2,
            "more": at + "/more", "renumber": at + "/renumber",
        }), flush=True)
        control.serve_forever()
    finally:
        server.terminate()
        server.wait()


main()
