# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""nginx: sites, video on demand, a place to upload to, and live video over RTMP; and caddy, which speaks HTTP/3."""
import base64
import hashlib
import subprocess

from .. import media, pages
from ..process import call
from ..servers import Server, server


def certificate(folder, names):
    call("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=lab.test",
         "-addext", "subjectAltName=" + ",".join(f"DNS:{n}" for n in names), "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))


def key_pin(folder):
    """The certificate's public key as Chromium wants it named: base64 of its SHA-256."""
    public = subprocess.run(["openssl", "x509", "-in", folder / "cert.pem", "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, capture_output=True, check=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()

@server
class Web(Server):
    addresses_from_to = (4, 8)

    def prepare(self):
        root = self.dir / "root"
        root.mkdir()
        (root / "up").mkdir()
        self.pages = pages.write_sites(self.draw, root, self.draw.randrange(4, 8))
        wanted = self.lab.conditions.lines
        self.titles = media.ladders(self.draw, self.dir / "media.log", root, 2) if wanted.get("Video Streaming") else []
        self.http_port, self.https_port = self.port(80, 80, 8080), self.port(443, 443, 443, 8443)
        self.rtmp_port = self.port(1935, 1935, 443 if self.https_port != 443 else 1936)

    def host(self, address):
        return f"www{self.node.addresses.index(address) + 1}.lab.test"

    def base(self, address, secure, named=True):
        """The start of a URL on one of its addresses."""
        host = self.host(address) if named else address
        port, usual = (self.https_port, 443) if secure else (self.http_port, 80)
        return f"{'https' if secure else 'http'}://{host}" + ("" if port == usual else f":{port}")

    def launch(self):
        certificate(self.dir, [self.host(a) for a in self.node.addresses])
        listens = "\n".join(f"    listen {a}:{self.http_port};\n    listen {a}:{self.https_port} ssl http2;" for a in self.node.addresses)
        temporary = "".join(f"  {kind}_temp_path {self.dir}/t-{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.dir / "nginx.conf").write_text(f"""
load_module modules/ngx_rtmp_module.so;
daemon off; user root; worker_processes 1; pid {self.dir}/nginx.pid; error_log {self.dir}/error.log;
events {{ worker_connections 1000; }}
http {{
  access_log off; default_type application/octet-stream; sendfile on; keepalive_timeout {self.draw.choice([5, 20, 65])};
{temporary}  types {{ text/html html; text/css css; application/javascript js; application/vnd.apple.mpegurl m3u8; application/dash+xml mpd; video/mp4 mp4 m4s; video/mp2t ts; }}
  gzip {self.draw.choice(["on", "off"])};
  server {{
{listens}
    ssl_certificate {self.dir}/cert.pem; ssl_certificate_key {self.dir}/key.pem;
    ssl_protocols TLSv1.2 {self.draw.choice(["", "TLSv1.3"])}; ssl_buffer_size {self.draw.choice(["4k", "16k"])};
    root {self.dir}/root; client_max_body_size 500m;
    location /up/ {{ dav_methods PUT DELETE MKCOL; create_full_put_path on; client_body_buffer_size 64k; }}
    location /form {{ client_body_buffer_size 64k; proxy_pass http://127.0.0.1:81/; }}
  }}
  server {{ listen 127.0.0.1:81; client_max_body_size 500m; location / {{ return 200 "thank you\\n"; }} }}
}}
rtmp {{ server {{ listen {self.rtmp_port}; chunk_size {self.draw.choice([4096, 8192, 60000])}; access_log off;
  application live {{ live on; }} }} }}
""")
        self.start("nginx", "-e", self.dir / "error.log", "-c", self.dir / "nginx.conf", nice=-2)
        self.await_port(self.https_port)

@server
class Quic(Server):
    """caddy: HTTP/1.1, HTTP/2 and, over QUIC, HTTP/3. With one address: over UDP it answers from its first."""

    def prepare(self):
        self.root = self.dir / "root"
        self.pages = pages.write_sites(self.draw, self.root, self.draw.randrange(2, 4))
        self.https_port = self.port(443, 443, 8443)
        if self.lab.conditions.lines.get("Video Streaming"):
            media.title(self.draw, self.dir / "media.log", self.root / "film.mp4", 60, (320, 180), 25, self.draw.randrange(200, 900), 2, 64, False)

    def host(self, address):
        return f"fast{self.node.addresses.index(address) + 1}.lab.test"

    def base(self, address):
        return f"https://{self.host(address)}" + ("" if self.https_port == 443 else f":{self.https_port}")

    def launch(self):
        certificate(self.dir, [self.host(a) for a in self.node.addresses])
        self.key_pin = key_pin(self.dir)
        (self.dir / "Caddyfile").write_text(f"""
{{
  admin off
  auto_https disable_redirects
  https_port {self.https_port}
  storage file_system {self.dir}/storage
}}
{", ".join(self.base(a) for a in self.node.addresses)} {{
  tls {self.dir}/cert.pem {self.dir}/key.pem
  root * {self.root}
  file_server
}}
""")
        self.start("caddy", "run", "--config", self.dir / "Caddyfile", "--adapter", "caddyfile", env={"HOME": str(self.dir), "PATH": "/usr/bin:/bin:/usr/sbin"})
        self.await_port(self.https_port)
